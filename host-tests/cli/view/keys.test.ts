import { emitKeypressEvents } from 'node:readline';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type Action, actionOf, keyTable } from '../../../cli/view/keys';

/** What the view would do about these bytes. */
function actionsOf(bytes: string): (Action | undefined)[] {
  const input = new PassThrough();
  const actions: (Action | undefined)[] = [];
  emitKeypressEvents(input);
  input.on('keypress', (_, press) => actions.push(actionOf(press)));
  input.emit('data', Buffer.from(bytes));
  return actions;
}

describe('keys', () => {
  it.each<[string, string, Action | undefined]>([
    ['d', 'd', { type: 'light', by: -100 }],
    ['a capital letter', 'B', { type: 'light', by: 100 }],
    ['arrow up', '\x1b[A', { type: 'light', by: 100 }],
    ['arrow down', '\x1b[B', { type: 'light', by: -100 }],
    ['arrow right', '\x1b[C', { type: 'light', by: 10 }],
    ['arrow left', '\x1b[D', { type: 'light', by: -10 }],
    ['w', 'w', { type: 'temperature', by: 0.5 }],
    ['c', 'c', { type: 'temperature', by: -0.5 }],
    ['h', 'h', { type: 'humidity', by: 2 }],
    ['a', 'a', { type: 'humidity', by: -2 }],
    ['l', 'l', { type: 'lamp' }],
    ['x', 'x', { type: 'wifi' }],
    ['s', 's', { type: 'broker' }],
    ['r', 'r', { type: 'reset' }],
    ['tab', '\t', { type: 'next', by: 1 }],
    ['shift and tab', '\x1b[Z', { type: 'next', by: -1 }],
    ['1', '1', { type: 'choose', index: 0 }],
    ['9', '9', { type: 'choose', index: 8 }],
    ['?', '?', { type: 'help' }],
    ['q', 'q', { type: 'quit' }],
    ['Ctrl-C', '\x03', { type: 'quit' }],
    ['Ctrl-D, which is no d', '\x04', undefined],
    ['0', '0', undefined],
    ['a key of a Korean keyboard', 'ㅇ', undefined],
  ])('%s', (_, bytes, action) => {
    expect(actionsOf(bytes)).toEqual([action]);
  });

  it('are told apart when several arrive at once', () => {
    expect(actionsOf('d\x1b[Aq')).toEqual([
      { type: 'light', by: -100 },
      { type: 'light', by: 100 },
      { type: 'quit' },
    ]);
  });

  it('stand in the table once each', () => {
    const names = keyTable.flatMap(({ keys }) => keys.flatMap((key) => key.names));
    expect(names).toEqual([...new Set(names)]);
  });
});
