import { useEffect, useState } from 'preact/hooks';
import { flashPageMark } from '../../flashing';
import { fetchFiles, tokenOf } from './files';
import { FlashDesk } from './flash-desk';
import './flash.css';
import { ProblemNote } from './problem-note';
import { problemOf, type Problem } from './problem';
import { steadyTimer } from './serial/steady-timer';
import type { WebSerial } from './serial/web-serial';
import { WebSerialTransport } from './serial/web-serial-transport';
import { FlashSession } from './session';
import { flashTexts, type FlashTexts } from './texts';

/** The command that serves this page where it can flash. */
const command = 'npx lamplighter flash --ui';

/** Writes the firmware to a board that is plugged into this computer. */
export function FlashPage({ language }: { language: 'en' | 'ko' }) {
  const texts = flashTexts[language];
  return (
    <div class="flash-page">
      <h1>{texts.title}</h1>
      <p>{texts.lead}</p>
      <Content texts={texts} language={language} />
    </div>
  );
}

function Content(given: { texts: FlashTexts; language: 'en' | 'ko' }) {
  const { texts } = given;
  switch (obstacle()) {
    case 'not-secure':
      return <Instead texts={texts} why={texts.notSecure} />;
    case 'no-files-here':
      return <Instead texts={texts} why={texts.noFilesHere} />;
    case 'no-web-serial':
      return <OtherBrowser texts={texts} />;
    default:
      return <Flashing {...given} />;
  }
}

/** Why this page cannot flash here; undefined when it can. */
function obstacle(): 'not-secure' | 'no-files-here' | 'no-web-serial' | undefined {
  const mark = document.querySelector<HTMLMetaElement>(`meta[name="${flashPageMark}"]`)?.content;
  if (!window.isSecureContext) return 'not-secure';
  if (mark !== 'flash') return 'no-files-here';
  return serialOf(navigator) ? undefined : 'no-web-serial';
}

function serialOf(browser: object): WebSerial | undefined {
  return (browser as { serial?: WebSerial }).serial;
}

function Instead({ texts, why }: { texts: FlashTexts; why: string }) {
  return (
    <div class="note">
      <p>{why}</p>
      <p>{texts.runThis}</p>
      <pre tabIndex={0}>
        <code>{command}</code>
      </pre>
    </div>
  );
}

/** The token in the address has not counted yet, so the address is still good elsewhere. */
function OtherBrowser({ texts }: { texts: FlashTexts }) {
  return (
    <div class="note warning">
      <p>{texts.noWebSerial}</p>
      {tokenOf(window) === undefined ? (
        <Instead texts={texts} why="" />
      ) : (
        <>
          <p>{texts.openElsewhere}</p>
          <pre tabIndex={0}>
            <code>{location.href}</code>
          </pre>
        </>
      )}
    </div>
  );
}

function Flashing({ texts, language }: { texts: FlashTexts; language: 'en' | 'ko' }) {
  const [session, setSession] = useState<FlashSession>();
  const [problem, setProblem] = useState<Problem>();
  const [, setChanges] = useState(0);

  useEffect(() => {
    let made: FlashSession | undefined;
    const leave = (): void => void made?.leave();
    fetchFiles(window).then(
      (files) => {
        const wait = steadyTimer();
        made = new FlashSession({
          files,
          serial: serialOf(navigator)!,
          openTransport: (port) => WebSerialTransport.open(port, wait),
          onChange: () => setChanges((count) => count + 1),
        });
        setSession(made);
      },
      (error: unknown) => setProblem(problemOf(error, 'untouched')),
    );
    addEventListener('pagehide', leave);
    return () => {
      removeEventListener('pagehide', leave);
      leave();
    };
  }, []);

  if (problem) return <ProblemNote texts={texts} problem={problem} />;
  if (!session) return <p role="status">{texts.loading}</p>;
  return <FlashDesk session={session} texts={texts} language={language} />;
}
