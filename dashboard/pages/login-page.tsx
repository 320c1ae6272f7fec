import { useEffect, useState } from 'preact/hooks';
import { ApiError, logIn } from '../api';
import { useTitle } from '../parts/title';
import { nextPage } from '../route';
import { useLive } from '../site';

type Progress = { state: 'asked' } | { state: 'sending' } | { state: 'failed'; status: number };

export function LoginPage() {
  const site = useLive();
  const { text } = site.words;
  const [progress, setProgress] = useState<Progress>({ state: 'asked' });
  useTitle(text.loginTitle);
  useEffect(() => void site.askSession(), [site]);
  const needless = site.session && (!site.session.loginRequired || site.session.user !== null);

  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const fields = new FormData(event.currentTarget as HTMLFormElement);
    setProgress({ state: 'sending' });
    try {
      await logIn(String(fields.get('user')), String(fields.get('password')));
      await site.askSession();
      site.connection.hurry();
      site.router.replace(nextPage(site.router.search));
    } catch (error) {
      setProgress({ state: 'failed', status: error instanceof ApiError ? error.status : 0 });
    }
  };

  if (needless) {
    return (
      <div class="narrow-page">
        <h1>{text.loginTitle}</h1>
        <p>{text.loginNeedless}</p>
        <p>
          <a class="button primary" href="/">
            {text.toOverview}
          </a>
        </p>
      </div>
    );
  }
  return (
    <div class="narrow-page">
      <h1>{text.loginTitle}</h1>
      <p class="quiet">{text.loginNote}</p>
      <form class="card form" onSubmit={(event) => void submit(event)}>
        <label class="field">
          {text.user}
          <input name="user" autocomplete="username" autocapitalize="none" spellcheck={false} required />
        </label>
        <label class="field">
          {text.password}
          <input name="password" type="password" autocomplete="current-password" required />
        </label>
        <button class="button primary" aria-disabled={progress.state === 'sending'}>
          {progress.state === 'sending' ? text.loggingIn : text.logIn}
        </button>
        <p class="form-answer" role="alert">
          {progress.state === 'failed' && failureText(progress.status)}
        </p>
      </form>
    </div>
  );

  function failureText(status: number): string {
    if (status === 429) return text.loginTooOften;
    if (status === 403) return text.loginNotAllowed;
    return status === 401 ? text.loginWrong : text.loginFailed;
  }
}
