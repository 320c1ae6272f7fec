import type { KitCommand } from '../../shared/live';
import { answerText, commandName } from '../i18n/answer';
import type { Words } from '../i18n/format';
import type { Messages } from '../i18n/language';
import type { Asked, CommandState } from '../live/command-desk';
import { Icon } from '../parts/icon';
import { useLive } from '../site';

type Key = 'toggle' | 'switchOn' | 'switchOff' | 'getTemperature' | 'getHumidity' | 'getBoth' | 'getLight';

const groups: { name: keyof Messages & ('led' | 'lamp' | 'readings'); buttons: [KitCommand, Key][] }[] = [
  {
    name: 'led',
    buttons: [
      ['led', 'toggle'],
      ['LED/ON', 'switchOn'],
      ['LED/OFF', 'switchOff'],
    ],
  },
  {
    name: 'lamp',
    buttons: [
      ['USBLED', 'toggle'],
      ['USBLED/ON', 'switchOn'],
      ['USBLED/OFF', 'switchOff'],
    ],
  },
  {
    name: 'readings',
    buttons: [
      ['dht22_t', 'getTemperature'],
      ['dht22_h', 'getHumidity'],
      ['dht22', 'getBoth'],
      ['cds', 'getLight'],
    ],
  },
];

/** The ten commands, and what became of the last one of each group. */
export function Controls({ kit }: { kit: number }) {
  const { words } = useLive();
  const { text } = words;
  return (
    <section class="card controls" aria-labelledby="controls">
      <h2 id="controls">{text.controls}</h2>
      {groups.map(({ name, buttons }) => (
        <div key={name} class="control-group" role="group" aria-label={text[name]}>
          <h3 aria-hidden="true">{text[name]}</h3>
          <div class="buttons">
            {buttons.map(([command, key]) => (
              <CommandButton key={command} kit={kit} command={command} label={text[key]} />
            ))}
          </div>
          <GroupAnswer kit={kit} commands={buttons.map(([command]) => command)} />
        </div>
      ))}
    </section>
  );
}

function CommandButton({ kit, command, label }: { kit: number; command: KitCommand; label: string }) {
  const { desk, words, connection } = useLive();
  const state = desk.state(kit, command);
  const pending = state?.phase === 'pending';
  return (
    <button
      class="button command"
      type="button"
      data-command={command}
      data-state={state && markOf(state)}
      aria-label={nameWithLabel(words, command, label)}
      aria-busy={pending}
      aria-disabled={pending || connection.link.state !== 'open'}
      onClick={() => desk.press(kit, command)}
    >
      {label}
    </button>
  );
}

/** The visible label stands in the name that is read aloud. */
function nameWithLabel(words: Words, command: KitCommand, label: string): string {
  const name = commandName(words, command);
  return name.toLowerCase().includes(label.toLowerCase()) ? name : `${name} (${label})`;
}

/** Sayings of the kit, as they come. */
function GroupAnswer({ kit, commands }: { kit: number; commands: KitCommand[] }) {
  const { desk, words } = useLive();
  const asked = desk.newest(kit, commands);
  return (
    <p class="answer" role="status" data-state={asked && markOf(asked.state)}>
      {asked ? <Answered asked={asked} /> : <span class="quiet">{words.text.nothingAsked}</span>}
    </p>
  );
}

function Answered({ asked }: { asked: Asked }) {
  const { words } = useLive();
  const { state } = asked;
  const mark = markOf(state);
  return (
    <>
      {mark === 'ok' && <Icon name="check" />}
      {mark === 'failed' && <Icon name="cross" />}
      {mark === 'pending' && <span class="spinner" aria-hidden="true" />}
      <span>{answerText(words, asked)}</span>
      {mark === 'ok' && state.phase === 'answered' && (
        <small class="quiet"> {words.text.answeredIn(words.number(state.tookMs / 1000, 2))}</small>
      )}
    </>
  );
}

function markOf(state: CommandState): 'pending' | 'ok' | 'failed' {
  if (state.phase === 'pending') return 'pending';
  return state.phase === 'answered' && state.answer.outcome === 'ok' ? 'ok' : 'failed';
}
