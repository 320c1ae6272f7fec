import { describe, expect, it } from 'vitest';
import { apply, type Event, type Model, plainText } from '../../../cli/view/model';
import { modelOf } from './fixture';

const message = (topic: string, payload: string, retained = false): Event => ({
  type: 'message',
  topic,
  payload: Buffer.from(payload),
  retained,
});
const lamp = (lit: boolean): Event => ({ type: 'lamp', kit: 2, lit });

function after(...events: [atMs: number, Event][]): Model {
  const model = modelOf({ status: 'starting' }, { status: 'starting' });
  for (const [atMs, event] of events) apply(model, event, atMs);
  return model;
}

describe('what is seen of the kits', () => {
  it('takes the lamp from the relay, and cause and remaining time from the message that follows', () => {
    const events: [number, Event][] = [
      [1000, lamp(true)],
      [1040, message('iot/2/state', '{"lamp":"ON","cause":"dusk","remaining":10}')],
    ];
    expect(after(...events.slice(0, 1)).kits[0]!.lamp).toEqual({ lit: true, untilMs: 11_000 });
    expect(after(...events).kits[0]!.lamp).toEqual({ lit: true, cause: 'dusk', untilMs: 11_040 });
  });

  it('counts anew when a second command starts the hold again, which no relay shows', () => {
    const model = after(
      [0, lamp(true)],
      [4000, message('iot/2/result', '{"ok":true,"lamp":"ON","cause":"command","remaining":10}')],
    );
    expect(model.kits[0]!.lamp).toEqual({ lit: true, cause: 'command', untilMs: 14_000 });
  });

  it('keeps the cause of the last change after the lamp is off', () => {
    const model = after(
      [0, lamp(true)],
      [10_000, lamp(false)],
      [10_010, message('iot/2/state', '{"lamp":"OFF","cause":"hold-over"}')],
    );
    expect(model.kits[0]!.lamp).toEqual({ lit: false, cause: 'hold-over' });
  });

  it.each<[string, Event]>([
    [
      'a retained message, which tells of some time ago',
      message('iot/2/state', '{"lamp":"ON","cause":"dusk","remaining":3}', true),
    ],
    ['a message that contradicts the relay', message('iot/2/state', '{"lamp":"OFF","cause":"boot"}')],
    ['what is no JSON', message('iot/2/state', '{"lamp":')],
    ['JSON that is no object', message('iot/2/state', 'null')],
    ['fields of another type', message('iot/2/state', '{"lamp":"ON","cause":7,"remaining":"x"}')],
    ['another kit', message('iot/20/state', '{"lamp":"ON","cause":"dusk","remaining":3}')],
    ['a topic that is not a kit', message('iot/abc/state', '{"lamp":"ON","cause":"dusk","remaining":3}')],
  ])('believes the relay rather than %s', (_, event) => {
    expect(after([0, lamp(true)], [1, event]).kits[0]!.lamp).toEqual({ lit: true, untilMs: 10_000 });
  });

  it('takes the link from the status, until a reset', () => {
    const online = message('iot/2/status', 'online', true);
    expect(after([0, online]).kits[0]!.status).toBe('online');
    expect(after([0, online], [1, { type: 'reset', kit: 2, reason: 'button' }]).kits[0]!.status).toBe(
      'starting',
    );
  });

  it('keeps the newest 200 messages', () => {
    const model = after(
      ...Array.from({ length: 300 }, (_, n): [number, Event] => [n, message('iot/2', String(n))]),
    );
    expect(model.log).toHaveLength(200);
    expect(model.log.at(-1)?.text).toBe('299');
  });
});

describe('a plain line', () => {
  it.each<[Event, string | undefined]>([
    [lamp(true), 'kit 2  lamp lit'],
    [{ type: 'led', kit: 2, lit: false }, 'kit 2  LED off'],
    [{ type: 'console', kit: 2, line: 'boot 1' }, 'kit 2  says: boot 1'],
    [{ type: 'reset', kit: 2, reason: 'button' }, 'kit 2  reset: button'],
    [{ type: 'wifi', kit: 2, cut: true }, 'kit 2  WiFi is cut'],
    [{ type: 'broker', state: 'lost', reason: 'refused' }, 'broker  does not answer: refused'],
    [message('iot/2/status', 'online', true), 'iot/2/status  online (retained)'],
    [message('iot/2', ''), 'iot/2  (empty)'],
    [message('iot/2', '\x1b[2J'), 'iot/2  \\x1b[2J'],
    [message('iot/2', 'x'.repeat(1_000_000)), `iot/2  ${'x'.repeat(400)}… (1000000 bytes)`],
    [{ type: 'display', kit: 2 }, undefined],
  ])('tells %o', (event, text) => {
    expect(plainText(event)).toBe(text);
  });
});
