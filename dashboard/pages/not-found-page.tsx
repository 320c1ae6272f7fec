import { useTitle } from '../parts/title';
import { useSite } from '../site';

export function NotFoundPage({ path }: { path: string }) {
  const { text } = useSite().words;
  useTitle(text.notFoundTitle);
  return (
    <div class="narrow-page">
      <h1>{text.notFoundTitle}</h1>
      <p class="breakable">{text.notFound(path)}</p>
      <p>
        <a class="button primary" href="/">
          {text.toOverview}
        </a>
      </p>
    </div>
  );
}
