import { useEffect, useRef, useState } from 'preact/hooks';
import type { BoardFacts, FlashStep } from '../../flashing';
import { slotToBoot } from '../../flashing/console';
import { ProblemNote } from './problem-note';
import type { FlashSession, FlashState } from './session';
import type { FlashTexts } from './texts';

interface Given {
  session: FlashSession;
  texts: FlashTexts;
  language: 'en' | 'ko';
}

/** One board from the choice of its port to its start, one state at a time. */
export function FlashDesk(given: Given) {
  const { session } = given;
  const { state } = session;
  const busy = state.at === 'flash';

  useEffect(() => {
    if (!busy) return;
    // Nothing would break, but who closes the page by accident would have to begin anew.
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [busy]);

  return (
    <>
      <State {...given} state={state} />
      <Lines {...given} />
    </>
  );
}

function State({ state, ...given }: Given & { state: FlashState }) {
  const { session, texts } = given;
  switch (state.at) {
    case 'ready':
      return <Ready {...given} />;
    case 'choose':
      return <p role="status">{texts.choosing}</p>;
    case 'connect':
    case 'press-reset':
      return (
        <>
          <p role="status">{state.at === 'connect' ? texts.connecting : texts.pressReset}</p>
          <Button onClick={() => void session.leave()}>{texts.cancel}</Button>
        </>
      );
    case 'found':
      return <Found {...given} facts={state.facts} kit={state.kit} />;
    case 'flash':
      return <Working {...given} state={state} />;
    case 'done':
      return <Done {...given} state={state} />;
    case 'failed':
      return (
        <ProblemNote texts={texts} problem={state.problem}>
          <Button primary onClick={() => void session.connect()}>
            {texts.again}
          </Button>
        </ProblemNote>
      );
  }
}

function Ready({ session, texts }: Given) {
  return (
    <>
      <ul>
        {texts.needs.map((need) => (
          <li key={need}>{need}</li>
        ))}
      </ul>
      <Button primary onClick={() => void session.connect()}>
        {texts.choose}
      </Button>
    </>
  );
}

function Found({ session, texts, language, facts, kit }: Given & { facts: BoardFacts; kit?: number }) {
  const [chosen, setChosen] = useState(kit);
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that was pressed last is gone.
  useEffect(() => heading.current?.focus(), []);
  const { version, build, mac, freeBytes } = facts;
  const rows: [string, string][] = [
    [texts.espruino, `Espruino ${version} (${build})`],
    ...(mac ? [[texts.mac, mac] as [string, string]] : []),
    [texts.runs, runsText(texts, facts)],
    [texts.free, texts.bytes(freeBytes.toLocaleString(language))],
  ];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (chosen !== undefined) void session.flash(chosen);
      }}
    >
      <h2 ref={heading} tabIndex={-1}>
        {texts.found}
      </h2>
      <dl class="flash-facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p>
        <label>
          {texts.kit}{' '}
          <select
            required
            value={chosen ?? ''}
            onChange={({ currentTarget }) => setChosen(Number(currentTarget.value) || undefined)}
          >
            {chosen === undefined && <option value="">{texts.kitNone}</option>}
            {session.kits.map((one) => (
              <option key={one.kit} value={one.kit}>
                {texts.kitOption(one.kit, one.board, one.mac)}
              </option>
            ))}
          </select>
        </label>
      </p>
      <p class="flash-buttons">
        <Button primary submit disabled={chosen === undefined}>
          {texts.flash}
        </Button>
        <Button onClick={() => void session.leave()}>{texts.letGo}</Button>
      </p>
    </form>
  );
}

function runsText(texts: FlashTexts, { fw, kitNumber }: BoardFacts): string {
  const slot = slotToBoot(fw)?.name;
  if (slot === undefined) return texts.runsNothing;
  return kitNumber === undefined ? texts.runsSlot(slot) : texts.runsKit(slot, kitNumber);
}

const usualSteps: FlashStep[] = ['look', 'stop', 'write', 'verify', 'commit', 'start'];
const stepsWithErase: FlashStep[] = ['look', 'stop', 'erase', 'write', 'verify', 'commit', 'start'];

function Working({ session, texts, state }: Given & { state: FlashState & { at: 'flash' } }) {
  const { step, written, total, erases } = state;
  const steps = erases ? stepsWithErase : usualSteps;
  const now = steps.indexOf(step);
  const percent = total === 0 ? 0 : Math.floor((100 * written) / total);
  // Spoken at each quarter: a screen reader that is told of every piece says nothing else.
  const spoken = step === 'write' ? texts.written(percent - (percent % 25)) : '';
  return (
    <>
      <ol class="flash-steps">
        {steps.map((one, index) => (
          <li key={one} data-state={index < now ? 'done' : index === now ? 'now' : 'later'}>
            <span aria-current={index === now ? 'step' : undefined}>{texts.steps[one]}</span>
          </li>
        ))}
      </ol>
      <p>
        <progress aria-label={texts.progress} max={total || 1} value={written} />
        <span>{texts.written(percent)}</span>
      </p>
      <p role="status" class="visually-hidden">
        {texts.steps[step]} {spoken}
      </p>
      <p>{erases && step !== 'start' ? texts.keepPlugged : texts.mayUnplug}</p>
      {step === 'start' ? (
        <Button onClick={() => session.interrupt()}>{texts.dontWait}</Button>
      ) : (
        step === 'write' && <Button onClick={() => session.interrupt()}>{texts.stop}</Button>
      )}
    </>
  );
}

function Done({ session, texts, language, state }: Given & { state: FlashState & { at: 'done' } }) {
  const { kit, outcome, bytes, detail } = state;
  return (
    <div class={`note ${outcome === 'not-online' ? 'warning' : 'good'}`} role="status">
      <p>{texts.done[outcome](kit, bytes.toLocaleString(language))}</p>
      {outcome === 'not-online' && (
        <>
          <p>{texts.notOnlineAdvice}</p>
          <details>
            <summary>{texts.detail}</summary>
            <p class="flash-detail" lang="en">
              {detail}
            </p>
          </details>
        </>
      )}
      <Button primary onClick={() => void session.connect()}>
        {texts.another}
      </Button>
    </div>
  );
}

function Lines({ session, texts }: Given) {
  if (session.lines.length === 0) return null;
  return (
    <section aria-label={texts.boardSays}>
      <h2>{texts.boardSays}</h2>
      <pre class="flash-lines" tabIndex={0} lang="en">
        {session.lines.join('\n')}
      </pre>
    </section>
  );
}

function Button(given: {
  onClick?: () => void;
  primary?: boolean;
  submit?: boolean;
  disabled?: boolean;
  children: string;
}) {
  const { primary = false, submit = false, children, ...rest } = given;
  return (
    <button class={primary ? 'button primary' : 'button'} type={submit ? 'submit' : 'button'} {...rest}>
      {children}
    </button>
  );
}
