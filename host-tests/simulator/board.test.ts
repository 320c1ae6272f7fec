import { describe, expect, test, vi } from 'vitest';
import { Flash, PowerCut, RealClock, createStorage } from '../../simulator';
import { bareBoard, thrown } from './bare-board';

describe('a start', () => {
  test('with an empty flash prints the banner and idles', () => {
    const lines: string[] = [];
    const { board, clock } = bareBoard('esp8266', undefined, { print: (line) => lines.push(line) });
    expect(lines.join('\n')).toContain('espruino.com\n 2v29 (c)');
    clock.advance(1000);
    expect([board.running, board.counts()]).toEqual([
      true,
      { timers: 0, watches: 0, listeners: 0, sockets: 0 },
    ]);
  });

  test('evaluates .bootcde in global scope, then tells E and calls onInit()', () => {
    const { lines, value } = bareBoard(
      'esp8266',
      'print("boot");E.on("init",function(){print("init")});function onInit(){print("onInit")}let kept=7;',
    );
    expect([lines, value('kept')]).toEqual([['boot', 'init', 'Running onInit()...', 'onInit'], 7]);
  });

  test('takes .bootrst instead when there is one, and .boot0 before either', () => {
    const flash = new Flash();
    const storage = createStorage(flash);
    for (const name of ['.bootcde', '.bootrst', '.boot0'])
      storage.write(name, `print(${JSON.stringify(name)})`);
    const lines: string[] = [];
    bareBoard('esp8266', undefined, { flash, print: (line) => lines.push(line) });
    expect(lines).toEqual(['.boot0', '.bootrst']);
  });

  test('goes on when the boot code throws', () => {
    const { board, clock, lines, value } = bareBoard(
      'esp8266',
      'var n=0;setInterval(function(){n++},10);throw new Error("half way")',
    );
    clock.advance(100);
    expect([lines[0], board.running, value('n')]).toEqual(['Uncaught Error: half way', true, 10]);
  });

  test('lets a loader run a part of a file in flash, at once or as a timer, in global scope', () => {
    const flash = new Flash();
    createStorage(flash).write('fw0', 'HEADER' + 'let answer=42;function ask(){return answer}');
    const { clock, value } = bareBoard(
      'esp8266',
      'eval(require("Storage").read("fw0",6));var early=ask();setTimeout(require("Storage").read("fw0",6),100)',
      { flash },
    );
    clock.advance(200);
    expect(value('[early,ask()]')).toEqual([42, 42]);
  });

  test('erases a Storage whose chain of files is broken', () => {
    const flash = new Flash();
    createStorage(flash).write('.bootcde', 'print("never")');
    // Where the chain looks for the next file.
    flash.write(4096, Uint8Array.of(0x12));
    const lines: string[] = [];
    bareBoard('esp8266', undefined, { flash, print: (line) => lines.push(line) });
    expect(lines.slice(0, 3)).toEqual(['Storage is corrupt.', 'Erasing Storage Area...', 'Erase complete.']);
    expect(createStorage(flash).list()).toEqual([]);
  });
});

describe('a restart', () => {
  const counting = 'var n=0;setInterval(function(){n++},100);E.on("x",print);setWatch(print,14,true);';

  test('by the button begins anew: variables, timers, watches and listeners are gone, the flash is not', () => {
    const { board, clock, value } = bareBoard('esp8266', counting);
    board.evaluate('require("Storage").write("note","kept");var mine=1;setTimeout(print,1e6)');
    clock.advance(1000);
    board.reset();
    expect(value('[n,typeof mine,require("Storage").read("note")]')).toEqual([0, 'undefined', 'kept']);
    expect(board.counts()).toEqual({ timers: 1, watches: 1, listeners: 1, sockets: 0 });
  });

  test('tells the host why, and the code through getResetInfo()', () => {
    const { board, clock, value } = bareBoard();
    const reasons: string[] = [];
    board.onReset = (reason) => reasons.push(reason);
    expect(value('require("ESP8266").getResetInfo().reason')).toBe('power on');
    board.reset();
    expect(value('require("ESP8266").getResetInfo().reason')).toBe('reset pin');
    board.evaluate('E.reboot()');
    clock.advance(1);
    expect(value('require("ESP8266").getResetInfo().reason')).toBe('restart');
    board.evaluate('reset()');
    clock.advance(1);
    expect(reasons).toEqual(['reset pin', 'restart', 'soft reset']);
  });

  test('by E.reboot() ends the code that asks for it, even if that catches everything', () => {
    const { board, clock, lines } = bareBoard(
      'esp8266',
      'E.on("kill",function(){print("kill")});' +
        'setTimeout(function(){try{E.reboot()}catch(e){}finally{digitalWrite(16,1)}print("not reached")},10)',
    );
    clock.advance(11);
    expect([lines, board.led.history, board.running]).toEqual([['kill'], [], true]);
  });

  test('by reset() runs no boot code, and load() runs it again', () => {
    const { board, clock, lines } = bareBoard('esp8266', 'print("boot")');
    board.evaluate('reset()');
    clock.advance(1);
    expect([board.counts().timers, lines.filter((line) => line === 'boot').length]).toEqual([0, 1]);
    board.evaluate('load()');
    clock.advance(1);
    expect(lines.filter((line) => line === 'boot').length).toBe(2);
  });

  test('by load() and reset() tells E before it ends', () => {
    const { board, clock, lines } = bareBoard('esp8266', 'E.on("kill",function(){print("kill")})');
    board.evaluate('load()');
    clock.advance(1);
    board.evaluate('reset()');
    clock.advance(1);
    expect(lines.filter((line) => line === 'kill')).toHaveLength(2);
  });

  test('by load(file) runs that file alone', () => {
    const { board, clock, lines } = bareBoard('esp8266', 'print("boot")');
    board.evaluate('require("Storage").write("app","print(\\"app\\")");load("app")');
    clock.advance(1);
    expect(lines.slice(-2)).toEqual(['boot', 'app']);
  });

  test('keeps the time of day, unless power or the button took it away', () => {
    const { board, clock, value } = bareBoard();
    clock.advance(5000);
    board.evaluate('E.reboot()');
    clock.advance(1000);
    expect(value('getTime()')).toBe(6);
    board.reset();
    clock.advance(1000);
    expect(value('getTime()')).toBe(1);
  });

  test('forgets what was to happen: no callback of the old code ever runs', () => {
    const { board, clock, lines } = bareBoard('esp8266', ' ');
    board.evaluate(
      'setTimeout(print,50,"old");E.on("e",function(){print("old event")});E.emit("e");digitalPulse(16,1,40)',
    );
    board.reset();
    clock.advance(1000);
    expect([lines, board.led.level]).toEqual([[], undefined]);
  });
});

describe('power', () => {
  test('off stops everything and lets go of the outputs, on begins anew', () => {
    const { board, clock, lines } = bareBoard('esp8266', 'digitalWrite(16,1);setInterval(print,100,"tick")');
    clock.advance(250);
    board.powerOff();
    clock.advance(1000);
    expect([board.running, board.led.level, lines]).toEqual([false, undefined, ['tick', 'tick']]);
    expect(() => board.evaluate('1')).toThrow('the board has no power');
    board.powerOn();
    expect([board.running, board.led.level]).toEqual([true, 1]);
  });

  test('that fails in the middle of a flash write cannot be caught by the code', () => {
    const { board, clock, flash, lines } = bareBoard(
      'esp8266',
      'setInterval(function(){try{require("Storage").write("f","0123456789",0,100)}catch(e){print("caught")}finally{digitalWrite(16,1)}},100)',
    );
    flash.onWrite = () => {
      throw new PowerCut();
    };
    clock.advance(1000);
    expect([board.running, lines, board.led.history]).toEqual([false, [], []]);
    flash.onWrite = undefined;
    board.powerOn();
    expect(board.running).toBe(true);
  });
});

describe('the watchdog', () => {
  test('of the ESP32 restarts a board that a call blocks for longer than it allows', () => {
    const { board, clock } = bareBoard('esp32', 'E.enableWatchdog(1)');
    const reasons: string[] = [];
    board.onReset = (reason) => reasons.push(reason);
    board.evaluate(`I2C1.setup({sda:D21,scl:D22,bitrate:1000});digitalWrite(2,1);
      setTimeout(function(){I2C1.writeTo(60,0,0x8d,0x14,0xaf,new Uint8Array(500).fill(0xa5));digitalWrite(2,0)},10)`);
    clock.advance(500);
    expect([reasons, board.led.level]).toEqual([[], 1]);
    clock.advance(600);
    // What stands behind the call that blocks has never run: the output goes off with the restart, the bytes never arrived.
    expect(board.oled.frames).toBe(0);
    expect([reasons, board.led.history.map(({ atMs, level }) => [atMs, level])]).toEqual([
      ['wdt reset'],
      [
        [0, 1],
        [1010, undefined],
      ],
    ]);
  });

  test('of the ESP32 leaves a board alone that idles, and bites when it waits for kicks in vain', () => {
    const { board, clock } = bareBoard('esp32', 'E.enableWatchdog(1)');
    const reasons: string[] = [];
    board.onReset = (reason) => reasons.push(reason);
    clock.advance(60_000);
    expect(reasons).toEqual([]);
    board.evaluate('E.enableWatchdog(1,false);setTimeout(E.kickWatchdog,900)');
    clock.advance(1800);
    expect(reasons).toEqual([]);
    clock.advance(200);
    expect(reasons).toEqual(['wdt reset']);
  });

  test('of the ESP32 counts from the idle loop on: calls that block one after the other add up', () => {
    const { board, clock } = bareBoard('esp32', 'E.enableWatchdog(1)');
    const reasons: string[] = [];
    board.onReset = (reason) => reasons.push(reason);
    const block = 'I2C1.writeTo(60,new Uint8Array(70));';
    board.evaluate(
      `I2C1.setup({sda:D21,scl:D22,bitrate:1000});setTimeout(function(){${block}setTimeout(function(){${block}},1)},10)`,
    );
    clock.advance(5000);
    expect(reasons).toEqual([]);
    board.evaluate(`setTimeout(function(){${block}${block}},10)`);
    clock.advance(5000);
    expect(reasons).toEqual(['wdt reset']);
  });

  test('of the ESP8266 cannot be asked for: the chip has one of three seconds', () => {
    const { board, clock } = bareBoard('esp8266', 'E.enableWatchdog(1,false)');
    const reasons: string[] = [];
    board.onReset = (reason) => reasons.push(reason);
    clock.advance(10_000);
    expect([board.running, reasons]).toEqual([true, []]);
  });

  test.each([
    ['esp8266', '', ['soft wdt'], 3010],
    ['esp32', 'E.enableWatchdog(20);', ['wdt reset'], 20_010],
    ['esp32', '', [], Infinity],
  ] as const)('of the %s ends an endless loop: %s', (chip, enable, expected, biteMs) => {
    const { board, clock } = bareBoard(chip, enable + 'digitalWrite(2,1)', { endlessMs: 20 });
    const bites: [string, number][] = [];
    board.onReset = (reason) => bites.push([reason, clock.now()]);
    board.evaluate(
      'setTimeout(function(){try{for(;;)digitalWrite(2,1)}catch(e){print(e)}finally{print("out")}},10)',
    );
    clock.advance(60_000);
    expect(bites).toEqual(expected.map((reason) => [reason, biteMs]));
    expect(board.running).toBe(expected.length > 0);
    board.reset();
    expect(board.running).toBe(true);
  });

  test('an endless loop in boot code is ended at every start', () => {
    const { board, clock, lines } = bareBoard(
      'esp8266',
      'print(require("ESP8266").getResetInfo().reason);for(;;);',
      { endlessMs: 5 },
    );
    clock.advance(10_000);
    expect(lines).toEqual(['power on', 'soft wdt', 'soft wdt', 'soft wdt']);
    expect(board.running).toBe(false);
  });
});

describe('what the code is told about its board', () => {
  test.each([
    ['esp8266', 'ESP8266_4MB', 1600, 12],
    ['esp32', 'ESP32', 16383, 14],
  ] as const)('on %s', (chip, name, total, blocksize) => {
    const { value } = bareBoard(chip, undefined, { memory: { free: () => 1000 } });
    expect(value('[process.env.BOARD,process.env.VERSION,process.version]')).toEqual([name, '2v29', '2v29']);
    expect(value('process.memory(false)')).toEqual({
      free: 1000,
      usage: total - 1000,
      total,
      history: 0,
      blocksize,
    });
    expect(value('process.env.SERIAL+getSerial()')).toBe('5ccf7f01-02035ccf7f01-0203');
  });

  test('modules exist as on the chip, unknown ones are named', () => {
    const small = bareBoard('esp8266');
    const big = bareBoard('esp32');
    expect(thrown(small, 'require("ESP8266").getState().freeHeap')).toBe('nothing');
    expect(thrown(big, 'require("ESP8266")')).toBe('Error: Module "ESP8266" not found');
    expect(thrown(small, 'require("ESP32")')).toBe('Error: Module "ESP32" not found');
    expect(thrown(small, 'require("DHT22")')).toBe('Error: Module "DHT22" not found');
    expect(thrown(small, 'require(5)')).toMatch(/^TypeError: Expecting module name as a string/);
  });

  test('modules can be added by hand or lie in Storage', () => {
    const bare = bareBoard();
    bare.board.evaluate(
      'Modules.addCached("m1","exports.a=1");Modules.addCached("m2",function(){exports.b=2});require("Storage").write("m3","exports.c=3")',
    );
    expect(bare.value('[require("m1").a,require("m2").b,require("m3").c,typeof exports]')).toEqual([
      1,
      2,
      3,
      'undefined',
    ]);
    expect(thrown(bare, 'Modules.removeCached("m1");require("m1")')).toBe('Error: Module "m1" not found');
  });

  test('E.CRC32 is the one of zlib, unsigned', () => {
    expect(bareBoard().value('[E.CRC32("123456789"),E.CRC32([49,50]),E.CRC32("")]')).toEqual([
      0xcbf43926, 0x4f5344cd, 0,
    ]);
  });

  test('the console is locked by a password, which a restart forgets', () => {
    const { board } = bareBoard();
    board.evaluate('E.lockConsole()');
    expect(board.console).toMatchObject({ password: undefined, locked: false });
    board.evaluate('E.setPassword("open sesame");E.lockConsole()');
    expect(board.console).toMatchObject({ password: 'open sesame', locked: true });
    board.reset();
    expect(board.console).toMatchObject({ password: undefined, locked: false });
  });

  // Seen on the real interpreter: "Invalid password", whatever is typed.
  test.each(['load()', 'reset()'])('%s forgets the password and keeps the lock', (call) => {
    const { board, clock } = bareBoard('esp8266', 'print("boot code sets no password")');
    board.evaluate(`E.setPassword("open sesame");E.lockConsole();${call}`);
    clock.advance(1);
    expect(board.console).toMatchObject({ password: undefined, locked: true });
  });
});

test('on a real clock a board runs in real time', () => {
  vi.useFakeTimers();
  try {
    const clock = new RealClock();
    const { board } = bareBoard('esp8266', 'var n=0;setInterval(function(){n++},100)', { clock });
    vi.advanceTimersByTime(1050);
    expect(board.evaluate('n')).toBe(10);
    board.powerOff();
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('a wiring with a pin that the chip lacks is refused', () => {
  const wiring = { led: 16, relay: 40, dht22: 0, cds: 'A0', sda: 4, scl: 5, oled: 60 };
  expect(() => bareBoard('esp8266', undefined, { wiring })).toThrow(
    'wiring: expected a pin from 0 to 17, got 40',
  );
});

test('a flash that is too small for the chip is refused', () => {
  expect(() => bareBoard('esp32', undefined, { flash: new Flash() })).toThrow(
    'flash: expected at least 917504 bytes for esp32, got 196608',
  );
});
