import { describe, expect, it } from 'vitest';
import { kitJson } from '../../shared/kit';
import { between, bright, dark, newBareKit, type BareKit } from '../support/bare-kit';
import { forSeeds } from '../support/random';

/** The last tick that finds the lamp lit, with a hold of 10 s. */
const litTicks = 99;
/** The first tick that may start a reading after another: it counts time from before the end of that one. */
const restTicks = 21;

/** What concerns the lamp, without the cadence of the sensors. */
function lampLines(lines: string[]): string[] {
  return lines.filter((line) => line.startsWith('Lamp'));
}

/** The whole document on `state`, without what the board adds. */
function stateOf(kit: BareKit): string {
  return kitJson(kit.state, '}');
}

/** A kit on a bright day, past its first samples. */
function brightKit(): BareKit {
  const kit = newBareKit();
  kit.ticks(5, bright);
  return kit;
}

/** A kit whose lamp has just gone off by itself, with the light as it is then. */
function afterHold(light: number): BareKit {
  const kit = brightKit();
  kit.command('USBLED/ON');
  kit.ticks(litTicks + 1, light);
  expect(kit.lamp()).toBe('off, hold-over');
  return kit;
}

/** The text of the only line that starts with `Result`. */
function resultOf(lines: string[]): string {
  const results = lines.filter((line) => line.startsWith('Result '));
  expect(results).toHaveLength(1);
  return results[0].substring('Result '.length);
}

/** A result as a client sees it: UTF-8, then JSON. */
function parsedResult(lines: string[]): Record<string, unknown> {
  const bytes = Buffer.from(resultOf(lines), 'latin1');
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Record<string, unknown>;
}

describe('the lamp', () => {
  it('is off after boot, and says so', () => {
    const kit = newBareKit();
    expect(kit.lamp()).toBe('off, boot');
    expect(stateOf(kit)).toBe('{"lamp":"OFF","cause":"boot","remaining":0,"led":"OFF","dark":false}');
  });

  it.each([dark, between, bright, 0, 1023])('is not lit by the first light seen after boot, %i', (light) => {
    const kit = newBareKit();
    expect(lampLines(kit.ticks(50, light))).toEqual([]);
    expect(kit.state.dark).toBe(light < 300 ? 1 : 0);
  });

  it.each(['USBLED/ON', 'USBLED'])('is lit by %s for the hold', (payload) => {
    const kit = brightKit();
    expect(kit.command(payload)).toEqual([
      'Lamp 1',
      'Changed',
      `Result {"ok":true,"command":"${payload}","lamp":"ON","cause":"command","remaining":10}`,
    ]);
    expect(lampLines(kit.ticks(litTicks, bright))).toEqual([]);
    expect(kit.lamp()).toBe('lit, command');
    expect(lampLines(kit.ticks(1, bright))).toEqual(['Lamp 0']);
    expect(kit.lamp()).toBe('off, hold-over');
  });

  it('is lit anew for the whole hold by USBLED/ON while it is lit', () => {
    const kit = brightKit();
    kit.command('USBLED/ON');
    kit.ticks(70, bright);
    expect(resultOf(kit.command('USBLED/ON'))).toContain('"remaining":10');
    expect(lampLines(kit.ticks(litTicks, bright))).toEqual([]);
    expect(lampLines(kit.ticks(1, bright))).toEqual(['Lamp 0']);
  });

  it.each(['USBLED/OFF', 'USBLED'])('is put off at once by %s while it is lit', (payload) => {
    const kit = brightKit();
    kit.command('USBLED/ON');
    kit.ticks(30, bright);
    expect(kit.command(payload)).toEqual([
      'Lamp 0',
      'Changed',
      `Result {"ok":true,"command":"${payload}","lamp":"OFF","cause":"command","remaining":0}`,
    ]);
    expect(lampLines(kit.ticks(300, bright))).toEqual([]);
  });

  it('is put off by USBLED/OFF also when it is off, and keeps its cause', () => {
    const kit = afterHold(bright);
    expect(kit.command('USBLED/OFF')).toEqual([
      'Lamp 0',
      'Result {"ok":true,"command":"USBLED/OFF","lamp":"OFF","cause":"hold-over","remaining":0}',
    ]);
  });

  it('is put off by USBLED/OFF until the next dusk, not until the next dark tick', () => {
    const kit = brightKit();
    kit.ticks(1, dark);
    expect(kit.lamp()).toBe('lit, dusk');
    kit.command('USBLED/OFF');
    expect(lampLines(kit.ticks(600, dark))).toEqual([]);
    kit.ticks(1, bright);
    expect(lampLines(kit.ticks(1, dark))).toEqual(['Lamp 1']);
  });

  it('is lit for the hold when light falls from bright to dark', () => {
    const kit = brightKit();
    const lines = kit.ticks(1, dark);
    expect(lampLines(lines)).toEqual(['Lamp 1']);
    expect(lines).toContain('Changed');
    expect(kit.lamp()).toBe('lit, dusk');
    expect(stateOf(kit)).toContain('"remaining":10,');
    expect(lampLines(kit.ticks(litTicks, dark))).toEqual([]);
    expect(lampLines(kit.ticks(1, dark))).toEqual(['Lamp 0']);
    expect(kit.lamp()).toBe('off, hold-over');
  });

  it.each([
    ['brighter', [bright, 1023]],
    ['darker', [dark, 0]],
    ['to and fro', [bright, dark, between, 0, 1023]],
  ])('is lit neither longer nor shorter when light changes %s while it is lit', (_how, samples) => {
    const kit = brightKit();
    kit.command('USBLED/ON');
    for (let i = 0; i < litTicks; i++)
      expect(lampLines(kit.ticks(1, samples[i % samples.length]))).toEqual([]);
    expect(lampLines(kit.ticks(1, samples[0]))).toEqual(['Lamp 0']);
  });

  it('goes off with the tick after a stall that lasted longer than its hold', () => {
    const kit = brightKit();
    kit.command('USBLED/ON');
    expect(lampLines(kit.longTick(60_000, bright))).toEqual(['Lamp 0']);
  });

  it('goes off a little early rather than late when ticks do not divide the hold', () => {
    const kit = newBareKit(1_250);
    kit.command('USBLED/ON');
    expect(lampLines(kit.ticks(11, bright))).toEqual([]);
    expect(lampLines(kit.ticks(1, bright))).toEqual(['Lamp 0']);
  });
});

describe('dusk', () => {
  it('needs light below 300: 300 itself is not dark', () => {
    const kit = brightKit();
    expect(lampLines(kit.ticks(20, 300))).toEqual([]);
    expect(lampLines(kit.ticks(1, 299))).toEqual(['Lamp 1']);
  });

  it('is over only from 320 on: light around 300 lights the lamp once', () => {
    const kit = brightKit();
    kit.ticks(1, 299);
    kit.ticks(200, 299);
    expect(kit.lamp()).toBe('off, hold-over');
    kit.ticks(10, 319);
    expect(lampLines(kit.ticks(10, 299))).toEqual([]);
    kit.ticks(1, 320);
    expect(lampLines(kit.ticks(1, 299))).toEqual(['Lamp 1']);
  });

  it('and dawn are told although they change no output', () => {
    const kit = newBareKit();
    kit.state.dueMs = 60_000;
    expect(kit.ticks(1, dark)).toEqual(['Changed']);
    expect(kit.ticks(10, dark)).toEqual([]);
    expect(kit.ticks(1, bright)).toEqual(['Changed']);
    expect(stateOf(kit)).toContain('"dark":false');
  });
});

describe("the lamp's own light", () => {
  it('is no dusk when it goes with the lamp', () => {
    const kit = brightKit();
    kit.command('USBLED/ON');
    kit.ticks(litTicks + 1, 1023);
    expect(lampLines(kit.ticks(600, dark))).toEqual([]);
  });

  it('is still its own for ten samples after it went off: the first one after that sets the level', () => {
    const kit = afterHold(bright);
    kit.ticks(10, 1023);
    expect(kit.state.settled).toBe(0);
    expect(lampLines(kit.ticks(1, dark))).toEqual([]);
    expect([kit.state.settled, kit.state.dark]).toEqual([1, 1]);
    expect(lampLines(kit.ticks(100, dark))).toEqual([]);
  });

  it('counts for a second after a command in the middle of a stall, however long the next tick', () => {
    const kit = brightKit();
    kit.command('USBLED/ON');
    kit.ticks(5, 1023);
    kit.command('USBLED/OFF');
    // The tick counts from before the stall, the lamp has been off for no time at all.
    kit.longTick(5_000, 1023);
    for (let i = 0; i < 9; i++) {
      kit.ticks(1, 1023);
      expect(kit.state.settled).toBe(0);
    }
    expect(lampLines(kit.ticks(100, dark))).toEqual([]);
  });

  it.each([
    [299, 1],
    [300, 0],
    [319, 0],
    [320, 0],
  ])('is over with a sample of %i: after a bright time it is dark = %i', (light, isDark) => {
    const kit = afterHold(bright);
    kit.ticks(10, 1023);
    kit.ticks(1, light);
    expect(kit.state.dark).toBe(isDark);
    expect(kit.lamp()).toBe('off, hold-over');
  });

  it.each([
    [299, 1],
    [300, 1],
    [319, 1],
    [320, 0],
  ])('is over with a sample of %i: after a dark time it is dark = %i', (light, isDark) => {
    const kit = brightKit();
    kit.ticks(1, dark);
    kit.ticks(litTicks, dark);
    expect(kit.lamp()).toBe('lit, dusk');
    kit.ticks(1, dark);
    expect(kit.lamp()).toBe('off, hold-over');
    kit.ticks(10, dark);
    kit.ticks(1, light);
    expect(kit.state.dark).toBe(isDark);
    expect(kit.lamp()).toBe('off, hold-over');
  });

  it('does not hide a real dusk after it', () => {
    const kit = afterHold(bright);
    kit.ticks(11, bright);
    expect(lampLines(kit.ticks(1, dark))).toEqual(['Lamp 1']);
  });

  it('never lights the lamp for ever, however strongly it shines on the sensor', () => {
    forSeeds(200, (random) => {
      const kit = newBareKit();
      const ambient = random.int(0, 299);
      const own = random.int(0, 1023);
      let lighted = 0;
      kit.ticks(5, ambient);
      kit.command('USBLED/ON');
      for (let i = 0; i < 1_000; i++) {
        const lit = kit.state.lampMs > 0;
        lighted += lampLines(kit.ticks(1, Math.min(1023, ambient + (lit ? own : 0)))).filter(
          (line) => line === 'Lamp 1',
        ).length;
      }
      expect(lighted).toBe(0);
    });
  });
});

describe('the LED', () => {
  it.each([
    ['led', 0, 1],
    ['led', 1, 0],
    ['LED/ON', 0, 1],
    ['LED/ON', 1, 1],
    ['LED/OFF', 0, 0],
    ['LED/OFF', 1, 0],
  ])('%s turns it from %i to %i', (payload, from, to) => {
    const kit = newBareKit();
    if (from) kit.command('LED/ON');
    expect(kit.command(payload)).toEqual([
      `Led ${to}`,
      'Changed',
      `Result {"ok":true,"command":"${payload}","led":"${to ? 'ON' : 'OFF'}"}`,
    ]);
    expect(stateOf(kit)).toContain(`"led":"${to ? 'ON' : 'OFF'}"`);
    expect(kit.lamp()).toBe('off, boot');
  });
});

describe('a command', () => {
  it.each([
    ['lamp/set', 'on', 'Lamp 1', '"lamp":"ON","cause":"command","remaining":10'],
    ['lamp/set', 'ON', 'Lamp 1', '"lamp":"ON","cause":"command","remaining":10'],
    ['lamp/set', 'Toggle', 'Lamp 1', '"lamp":"ON","cause":"command","remaining":10'],
    ['lamp/set', 'oFF', 'Lamp 0', '"lamp":"OFF","cause":"boot","remaining":0'],
    ['led/set', 'on', 'Led 1', '"led":"ON"'],
    ['led/set', 'TOGGLE', 'Led 1', '"led":"ON"'],
    ['led/set', 'off', 'Led 0', '"led":"OFF"'],
  ])('on %s may be written %s', (set, payload, effect, rest) => {
    const lines = newBareKit().command(payload, set);
    expect(lines[0]).toBe(effect);
    expect(resultOf(lines)).toBe(`{"ok":true,"command":"${set} ${payload}",${rest}}`);
  });

  it('cds is answered with the light, and with a result', () => {
    const kit = newBareKit();
    kit.ticks(5, 512);
    expect(kit.command('cds')).toEqual([
      'Reply cds: Light intensity is 512',
      'Result {"ok":true,"command":"cds"}',
    ]);
  });

  it('that is empty is met with silence, on every topic, also when retained', () => {
    const kit = newBareKit();
    for (const set of ['', 'lamp/set', 'led/set', 'fan/set']) {
      expect(kit.command('', set)).toEqual([]);
      expect(kit.retained('', set)).toEqual([]);
    }
  });

  it("that is the kit's own greeting is none, but another kit's greeting is not understood", () => {
    const kit = newBareKit();
    expect(kit.command('Connection has established with nodeMCU_Kit Number 2')).toEqual([]);
    expect(kit.command('Connection has established with nodeMCU_Kit Number 3')).toHaveLength(1);
    expect(kit.command('Connection has established with nodeMCU_Kit Number 2', 'lamp/set')).toHaveLength(1);
  });

  it.each([
    'USBLED/on',
    'usbled',
    'LED',
    'Led/ON',
    ' led',
    'led ',
    'led\0',
    'led\n',
    'CDS',
    'dht22_T',
    'on',
    '{}',
  ])('is compared exactly: %j is not understood', (payload) => {
    const kit = brightKit();
    const before = JSON.stringify(kit.state);
    expect(parsedResult(kit.command(payload))).toEqual({
      ok: false,
      command: payload,
      error: 'not understood',
      expected: [
        'led',
        'LED/ON',
        'LED/OFF',
        'USBLED',
        'USBLED/ON',
        'USBLED/OFF',
        'dht22',
        'dht22_t',
        'dht22_h',
        'cds',
      ],
    });
    expect(JSON.stringify(kit.state)).toBe(before);
  });

  it.each([
    ['lamp/set', 'on ', ['on', 'off', 'toggle']],
    ['led/set', '1', ['on', 'off', 'toggle']],
    ['lamp/set', 'USBLED/ON', ['on', 'off', 'toggle']],
    ['fan/set', 'on', ['lamp/set', 'led/set']],
    ['lamp/set/set', 'on', ['lamp/set', 'led/set']],
  ])('on %s that is %j is answered with what would be understood', (set, payload, expected) => {
    const kit = newBareKit();
    expect(parsedResult(kit.command(payload, set))).toEqual({
      ok: false,
      command: set + ' ' + payload,
      error: 'not understood',
      expected,
    });
    expect(kit.lamp()).toBe('off, boot');
  });

  it.each([
    ['', 'USBLED/ON'],
    ['', 'led'],
    ['', 'dht22'],
    ['', 'cds'],
    ['lamp/set', 'on'],
    ['led/set', 'toggle'],
    ['', 'nonsense'],
  ])('that was retained is never obeyed but told why: %s %s', (set, payload) => {
    const kit = brightKit();
    const before = JSON.stringify(kit.state);
    expect(kit.retained(payload, set)).toEqual([
      `Result {"ok":false,"command":"${set ? set + ' ' : ''}${payload}",` +
        '"error":"a retained command is not obeyed: publish without the retain flag"}',
    ]);
    expect(JSON.stringify(kit.state)).toBe(before);
  });

  it.each([257, 1_000, 1 << 20])('of %i bytes is refused, whatever it was', (size) => {
    const kit = newBareKit();
    expect(kit.oversize(size)).toEqual(['Result {"ok":false,"command":"","error":"longer than 256 bytes"}']);
    expect(kit.oversize(size, 'lamp/set')).toEqual([
      'Result {"ok":false,"command":"lamp/set ","error":"longer than 256 bytes"}',
    ]);
  });

  it('of 256 bytes is looked at', () => {
    expect(parsedResult(newBareKit().command('x'.repeat(256)))).toMatchObject({
      command: 'x'.repeat(32),
      error: 'not understood',
    });
  });

  it('in any UTF-8 is answered with JSON that holds its beginning', () => {
    const letters = [
      'a',
      '"',
      '\\',
      '\0',
      '\n',
      '\x1f',
      '\x7f',
      '/',
      'é',
      '등',
      '대',
      '🔆',
      '\u2028',
      '{',
      '}',
    ];
    forSeeds(5_000, (random) => {
      let text = '';
      for (let left = random.int(1, 40); left > 0; left--) text += random.pick(letters);
      const set = random.pick(['', 'lamp/set', 'fan/set']);
      const payload = Buffer.from(text, 'utf8').toString('latin1');
      const kit = newBareKit();
      const lines = random.oneIn(4) ? kit.retained(payload, set) : kit.command(payload, set);
      const echoed = parsedResult(lines).command as string;
      const name = set ? set + ' ' + text : text;
      const bytes = Buffer.byteLength(echoed);
      expect(name.startsWith(echoed)).toBe(true);
      if (Buffer.byteLength(name) <= 32) expect(echoed).toBe(name);
      else expect(bytes > 28 && bytes <= 32).toBe(true);
    });
  });

  it('in any bytes is answered once and changes nothing', () => {
    forSeeds(5_000, (random) => {
      const kit = newBareKit();
      const before = JSON.stringify(kit.state);
      const lines = kit.command(
        random.bytes(random.int(1, 256)),
        random.pick(['', 'lamp/set', random.bytes(6)]),
      );
      expect(lines).toHaveLength(1);
      expect(lines[0]).toMatch(/^Result \{"ok":false,"command":/);
      expect(JSON.stringify(kit.state)).toBe(before);
    });
  });
});

describe('a reading', () => {
  /** A kit at rest, with a good reading that has just ended, and its telemetry far away. */
  function readKit(): BareKit {
    const kit = newBareKit();
    kit.ticks(restTicks, bright);
    kit.reading(255, 402);
    return kit;
  }

  it.each([
    ['dht22', 'Temperature is 25.50, and Humidity is 40.20'],
    ['dht22_t', 'Temperature is 25.50'],
    ['dht22_h', 'Humidity is 40.20'],
  ])('is the reply to %s, at once while it is younger than two seconds', (payload, text) => {
    const kit = readKit();
    const answer = [`Reply ${payload}: ${text}`, `Result {"ok":true,"command":"${payload}"}`];
    expect(kit.command(payload)).toEqual(answer);
    expect(kit.ticks(19, bright)).toEqual([]);
    expect(kit.command(payload)).toEqual(answer);
  });

  it('of two seconds ago is too old: the reply waits for a fresh one', () => {
    const kit = readKit();
    kit.ticks(20, bright);
    expect(kit.command('dht22_t')).toEqual([]);
    expect(kit.ticks(1, bright)).toEqual(['Sample']);
    expect(kit.ticks(5, bright)).toEqual([]);
    expect(kit.reading(260, 400)).toEqual([
      'Reply dht22_t: Temperature is 26.00',
      'Result {"ok":true,"command":"dht22_t"}',
    ]);
  });

  it('is shared by all who asked for it, and each is answered in turn', () => {
    const kit = readKit();
    kit.ticks(restTicks, bright);
    kit.command('dht22_h');
    expect(kit.ticks(1, bright)).toEqual(['Sample']);
    kit.command('dht22');
    kit.command('dht22_h');
    expect(kit.reading(-5, 1000)).toEqual([
      'Reply dht22_h: Humidity is 100.00',
      'Result {"ok":true,"command":"dht22_h"}',
      'Reply dht22: Temperature is -0.50, and Humidity is 100.00',
      'Result {"ok":true,"command":"dht22"}',
      'Reply dht22_h: Humidity is 100.00',
      'Result {"ok":true,"command":"dht22_h"}',
    ]);
    expect(kit.ticks(restTicks - 1, bright)).toEqual([]);
  });

  it('that failed reads nan, and the result says why', () => {
    const kit = readKit();
    kit.ticks(restTicks, bright);
    kit.command('dht22');
    kit.command('dht22_t');
    kit.command('dht22_h');
    kit.ticks(1, bright);
    expect(kit.reading(NaN, NaN)).toEqual([
      'Reply dht22: Temperature is nan, and Humidity is nan',
      'Result {"ok":false,"command":"dht22","error":"DHT22 did not answer"}',
      'Reply dht22_t: Temperature is nan',
      'Result {"ok":false,"command":"dht22_t","error":"DHT22 did not answer"}',
      'Reply dht22_h: Humidity is nan',
      'Result {"ok":false,"command":"dht22_h","error":"DHT22 did not answer"}',
    ]);
  });

  it('that failed serves nobody afterwards: who asks then gets a fresh one within 2.2 s', () => {
    const kit = readKit();
    kit.ticks(restTicks, bright);
    kit.command('dht22');
    kit.ticks(1, bright);
    kit.reading(NaN, NaN);
    expect(kit.command('dht22_t')).toEqual([]);
    expect(kit.ticks(restTicks - 1, bright)).toEqual([]);
    expect(kit.ticks(1, bright)).toEqual(['Sample']);
    expect(kit.reading(1, 2)[0]).toBe('Reply dht22_t: Temperature is 0.10');
  });

  it('is not started within two seconds of boot or of the one before, and never twice at once', () => {
    forSeeds(300, (random) => {
      const kit = newBareKit(10_000, 2_000);
      let sinceMs = 0;
      let sampling = false;
      for (let i = 0; i < 300; i++) {
        if (random.oneIn(5)) kit.command(random.pick(['dht22', 'dht22_t', 'dht22_h']));
        const ms = random.pick([100, 100, 100, 250, 1_900, 7_000]);
        sinceMs += ms;
        if (kit.longTick(ms, bright).includes('Sample')) {
          expect(sampling).toBe(false);
          expect(sinceMs).toBeGreaterThanOrEqual(2_000);
          sampling = true;
        }
        if (sampling && random.oneIn(2)) {
          kit.reading(random.pick([NaN, 200]), 400);
          sampling = false;
          sinceMs = 0;
        }
      }
    });
  });

  it('answers every request exactly once, whatever comes between', () => {
    forSeeds(300, (random) => {
      const kit = newBareKit();
      let waiting = 0;
      for (let i = 0; i < 200; i++) {
        let lines: string[] = [];
        if (random.oneIn(3)) {
          waiting++;
          lines = kit.command(random.pick(['dht22', 'dht22_t', 'dht22_h']));
        } else if (kit.state.sampling && random.oneIn(3)) lines = kit.reading(random.pick([NaN, 200]), 400);
        else lines = kit.longTick(random.pick([100, 1_000]), random.pick([dark, bright]));
        const answered = lines.filter(
          (line) => line.startsWith('Result') && line.includes('"command":"dht22'),
        ).length;
        waiting -= answered;
        expect(waiting).toBeGreaterThanOrEqual(0);
        // The telemetry may wait for the same reading.
        expect(kit.state.asked.replace('0', '')).toHaveLength(waiting);
      }
    });
  });

  it('is waited for by at most eight: who comes later is told', () => {
    const kit = readKit();
    kit.ticks(restTicks, bright);
    for (let i = 0; i < 8; i++) expect(kit.command('dht22')).toEqual([]);
    for (let i = 0; i < 200; i++)
      for (const payload of ['dht22', 'dht22_t', 'dht22_h'])
        expect(kit.command(payload)).toEqual([
          `Result {"ok":false,"command":"${payload}","error":"too many requests at once"}`,
        ]);
    expect(kit.command('cds')).toHaveLength(2);
    kit.ticks(1, bright);
    expect(kit.reading(1, 1)).toHaveLength(16);
  });

  it('brings telemetry every ten seconds, the first two seconds after boot', () => {
    const kit = newBareKit();
    const at: number[] = [];
    for (let tick = 1; tick <= 600; tick++)
      if (kit.ticks(1, bright).includes('Sample')) {
        expect(kit.reading(200, 400)).toEqual(['Telemetry']);
        at.push(tick);
      }
    expect(at.length).toBeGreaterThanOrEqual(6);
    expect(at[0]).toBe(restTicks);
    // The first was due with the first tick, and waited for the sensor.
    expect(at.slice(1)).toEqual([101, 201, 301, 401, 501].slice(0, at.length - 1));
  });

  it('that failed brings telemetry, too: the kit is alive', () => {
    const kit = newBareKit();
    kit.ticks(restTicks, bright);
    expect(kit.reading(NaN, NaN)).toEqual(['Telemetry']);
  });

  it('missed by a stall is not made up for: one telemetry, then the usual cadence', () => {
    const kit = readKit();
    kit.longTick(60_000, bright);
    expect(kit.reading(200, 400)).toEqual(['Telemetry']);
    const lines = kit.ticks(19, bright);
    expect(lines).toEqual([]);
  });

  it('that fails six times in a row is told once as a stuck sensor, and again after it had worked', () => {
    const stuck = 'Result {"ok":false,"error":"DHT22 is stuck: switch its power off and on"}';
    const kit = newBareKit();
    const readings = (count: number, value: number): string[] => {
      let lines: string[] = [];
      for (let i = 0; i < count; i++) lines = lines.concat(kit.reading(value, value));
      return lines.filter((line) => line.startsWith('Result'));
    };
    expect(readings(5, NaN)).toEqual([]);
    expect(readings(1, NaN)).toEqual([stuck]);
    expect(readings(50, NaN)).toEqual([]);
    expect(readings(1, 10)).toEqual([]);
    expect(readings(5, NaN)).toEqual([]);
    expect(readings(1, NaN)).toEqual([stuck]);
  });
});

describe('the state document', () => {
  it('counts the seconds down, rounded up', () => {
    const kit = brightKit();
    kit.command('USBLED/ON');
    for (let tick = 0; tick <= litTicks; tick++) {
      expect(stateOf(kit)).toContain(`"remaining":${Math.ceil((100 - tick) / 10)},`);
      kit.ticks(1, bright);
    }
    expect(stateOf(kit)).toContain('"remaining":0,');
  });

  it('tells lamp, cause, remaining seconds rounded up, LED, dusk and what the board adds', () => {
    const kit = brightKit();
    kit.command('LED/ON');
    kit.ticks(2, dark);
    expect(kitJson(kit.state, ',"board":"nodemcu"}')).toBe(
      '{"lamp":"ON","cause":"dusk","remaining":10,"led":"ON","dark":true,"board":"nodemcu"}',
    );
    kit.ticks(98, dark);
    expect(stateOf(kit)).toContain('"lamp":"ON","cause":"dusk","remaining":1,');
    kit.ticks(1, dark);
    expect(stateOf(kit)).toContain('"lamp":"OFF","cause":"hold-over","remaining":0,');
  });
});
