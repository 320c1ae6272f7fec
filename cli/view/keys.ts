/** What a key asks for. Values of `by` are in the unit of the part: light steps, degrees Celsius, percent. */
export type Action =
  | { type: 'light' | 'temperature' | 'humidity'; by: number }
  | { type: 'wifi' | 'broker' | 'reset' | 'lamp' | 'help' | 'quit' }
  | { type: 'next'; by: 1 | -1 }
  | { type: 'choose'; index: number };

interface Key {
  /** Names as node:readline gives them to key presses. */
  names: string[];
  action: Action;
}

/** One line of the help: the keys as a person reads them, and what they do. */
export interface KeyHelp {
  shown: string;
  does: string;
  /** For the last line of the screen, where there is little room. */
  short?: string;
  keys: Key[];
}

export const keyTable: KeyHelp[] = [
  {
    shown: 'd/b',
    does: 'darker, brighter (the lamp lights when it gets dark)',
    short: 'light',
    keys: [
      { names: ['d', 'down'], action: { type: 'light', by: -100 } },
      { names: ['b', 'up'], action: { type: 'light', by: 100 } },
    ],
  },
  {
    shown: '← →',
    does: 'a little darker, a little brighter',
    keys: [
      { names: ['left'], action: { type: 'light', by: -10 } },
      { names: ['right'], action: { type: 'light', by: 10 } },
    ],
  },
  {
    shown: 'w/c',
    does: 'warmer, colder, by half a degree',
    short: 'heat',
    keys: [
      { names: ['w'], action: { type: 'temperature', by: 0.5 } },
      { names: ['c'], action: { type: 'temperature', by: -0.5 } },
    ],
  },
  {
    shown: 'h/a',
    does: 'more humid, more arid, by two percent',
    short: 'damp',
    keys: [
      { names: ['h'], action: { type: 'humidity', by: 2 } },
      { names: ['a'], action: { type: 'humidity', by: -2 } },
    ],
  },
  {
    shown: 'l',
    does: 'lamp: publish USBLED, as mosquitto_pub would',
    short: 'lamp',
    keys: [{ names: ['l'], action: { type: 'lamp' } }],
  },
  {
    shown: 'x',
    does: 'cut WiFi, restore it',
    short: 'WiFi',
    keys: [{ names: ['x'], action: { type: 'wifi' } }],
  },
  {
    shown: 's',
    does: 'stop the broker, start it',
    short: 'broker',
    keys: [{ names: ['s'], action: { type: 'broker' } }],
  },
  {
    shown: 'r',
    does: "press the board's reset button",
    short: 'reset',
    keys: [{ names: ['r'], action: { type: 'reset' } }],
  },
  {
    shown: 'Tab 1-9',
    does: 'another board, when several run',
    keys: [
      { names: ['tab'], action: { type: 'next', by: 1 } },
      { names: ['shift+tab'], action: { type: 'next', by: -1 } },
      ...Array.from({ length: 9 }, (_, index): Key => ({
        names: [String(index + 1)],
        action: { type: 'choose', index },
      })),
    ],
  },
  { shown: '?', does: 'this list', short: 'keys', keys: [{ names: ['?'], action: { type: 'help' } }] },
  {
    shown: 'q',
    does: 'quit, as Ctrl-C does',
    short: 'quit',
    keys: [{ names: ['q', 'ctrl+c'], action: { type: 'quit' } }],
  },
];

/** A key press as node:readline reports it. */
export interface KeyPress {
  name?: string | undefined;
  sequence?: string | undefined;
  ctrl?: boolean;
  shift?: boolean;
}

/** What the key asks for; nothing when it is none of ours. */
export function actionOf(press: KeyPress): Action | undefined {
  // Signs have no name, only the byte that arrived. A capital letter does what the small one does.
  const key = press.name ?? press.sequence ?? '';
  const name = (press.ctrl ? 'ctrl+' : '') + (press.shift && key === 'tab' ? 'shift+' : '') + key;
  return actions.get(name);
}

const actions = new Map(
  keyTable.flatMap(({ keys }) =>
    keys.flatMap(({ names, action }) => names.map((name) => [name, action] as const)),
  ),
);
