import { describe, expect, it } from 'vitest';
import { expectedJson } from '../../shared/commands';
import { greeting } from '../../shared/messages';
import { bright, dark, newBareKit, type BareKit } from '../support/bare-kit';
import { forSeeds } from '../support/random';

function safeKit(): BareKit {
  return newBareKit(10_000, 10_000, 1);
}

function refusal(name: string): string {
  return `Result {"ok":false,"command":"${name}","error":"safe mode after crashes","expected":["restart"]}`;
}

const plain = JSON.parse(expectedJson('')) as string[];
const words = ['on', 'off', 'toggle'];

describe('safe mode', () => {
  it('obeys restart: first the answer, then the restart', () => {
    expect(safeKit().command('restart')).toEqual(['Result {"ok":true,"command":"restart"}', 'Restart']);
  });

  it.each([
    ['', 'Restart'],
    ['', 'restart '],
    ['', 'RESTART'],
    ['', 'nonsense'],
    ['lamp/set', 'restart'],
    ['fan/set', 'on'],
  ])(
    'obeys it on the kit itself and exactly so: "%s" "%s" is answered with what would be',
    (set, payload) => {
      expect(safeKit().command(payload, set)).toEqual([refusal(set ? `${set} ${payload}` : payload)]);
    },
  );

  it('obeys nothing else: every command is answered so and changes nothing', () => {
    const commands = plain.map((payload) => ['', payload]);
    for (const set of ['lamp/set', 'led/set']) for (const word of words) commands.push([set, word]);
    expect(commands).toHaveLength(16);
    for (const [set, payload] of commands) {
      const kit = safeKit();
      const before = JSON.stringify(kit.state);
      expect(kit.command(payload, set)).toEqual([refusal(set ? `${set} ${payload}` : payload)]);
      expect(JSON.stringify(kit.state)).toBe(before);
    }
  });

  it('refuses what is refused otherwise, too: retained, too long', () => {
    const retained = 'a retained command is not obeyed: publish without the retain flag';
    expect(safeKit().retained('restart')).toEqual([
      `Result {"ok":false,"command":"restart","error":"${retained}"}`,
    ]);
    expect(safeKit().oversize(257)).toEqual([
      'Result {"ok":false,"command":"","error":"longer than 256 bytes"}',
    ]);
  });

  it("is silent to nothing at all, and to the kit's own greeting", () => {
    expect(safeKit().command('')).toEqual([]);
    expect(safeKit().command('', 'lamp/set')).toEqual([]);
    expect(safeKit().command(greeting + 2)).toEqual([]);
  });

  it('asks nothing of lamp, LED and sensors, whatever time, light and commands bring', () => {
    forSeeds(300, (random) => {
      const kit = safeKit();
      for (let i = 0; i < 100; i++) {
        expect(kit.longTick(random.pick([100, 500, 60_000]), random.pick([dark, bright]))).toEqual([]);
        if (!random.oneIn(3)) continue;
        const [payload, set] = random.oneIn(2)
          ? [random.pick(plain), '']
          : [random.pick(words), random.pick(['lamp/set', 'led/set'])];
        const lines = random.oneIn(3) ? kit.retained(payload, set) : kit.command(payload, set);
        expect(lines.map((line) => line.split(' ')[0])).toEqual(['Result']);
        expect(lines[0]).toContain('"ok":false');
      }
      expect([kit.lamp(), kit.state.led, kit.state.sampling, kit.state.asked]).toEqual([
        'off, boot',
        0,
        0,
        '',
      ]);
    });
  });

  it('is what restart needs: a kit that is well does not understand it', () => {
    expect(newBareKit().command('restart')).toEqual([
      `Result {"ok":false,"command":"restart","error":"not understood","expected":${expectedJson('')}}`,
    ]);
  });
});
