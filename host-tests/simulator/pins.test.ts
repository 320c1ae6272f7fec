import { describe, expect, test } from 'vitest';
import { bareBoard, thrown } from './bare-board';

describe('outputs', () => {
  test('are set before they are driven: digitalWrite alone makes no flash', () => {
    const { board } = bareBoard();
    board.evaluate('digitalWrite(14,1)');
    expect(board.relay.history).toEqual([{ atMs: 0, level: 1 }]);
  });

  test('show the flash that pinMode("output") before the first level makes', () => {
    const { board } = bareBoard();
    board.evaluate('pinMode(14,"output");digitalWrite(14,1)');
    expect(board.relay.history.map(({ level }) => level)).toEqual([0, 1]);
  });

  test('keep the level while the pin is an input, and show it once the pin is an output', () => {
    const { board } = bareBoard();
    board.evaluate('pinMode(14,"input_pullup");digitalWrite(14,1)');
    expect(board.relay.level).toBeUndefined();
    board.evaluate('pinMode(14,"output")');
    expect(board.relay.history).toEqual([{ atMs: 0, level: 1 }]);
  });

  test('are let go by digitalRead, unless pinMode has fixed the mode', () => {
    const { board } = bareBoard();
    board.evaluate('digitalWrite(14,1);digitalRead(14)');
    expect(board.relay.level).toBeUndefined();
    board.evaluate('pinMode(14,"output");digitalWrite(14,1);digitalRead(14)');
    expect(board.relay.level).toBe(1);
  });

  test('tell the time of each change, also in the middle of a stall', () => {
    const { board, clock } = bareBoard();
    clock.advance(100);
    board.evaluate(
      'I2C1.setup({sda:D4,scl:D5,bitrate:100000});digitalWrite(16,1);I2C1.writeTo(60,0x40,new Uint8Array(1109));digitalWrite(16,0)',
    );
    expect(board.led.history.map(({ atMs, level }) => [Math.round(atMs), level])).toEqual([
      [100, 1],
      [200, 0],
    ]);
  });

  test('keep a thousand changes and count what they forget', () => {
    const { board } = bareBoard('esp8266', 'for(var i=0;i<1200;i++)digitalWrite(16,i&1)');
    expect([board.led.history.length, board.led.forgotten]).toEqual([1000, 200]);
  });

  test('take several pins at once, the last one lowest', () => {
    const { board, value } = bareBoard('esp8266', 'digitalWrite([D16,D14],1)');
    expect([board.led.level, board.relay.level]).toEqual([0, 1]);
    expect(value('(pinMode(16,"output"),pinMode(14,"output"),digitalRead([D16,D14]))')).toBe(1);
  });

  test('can be pulsed by hardware, which does not wait for JavaScript', () => {
    const { board, clock } = bareBoard();
    board.evaluate('digitalPulse(16,1,[10,20,30])');
    clock.advance(100);
    expect(board.led.history.map(({ atMs, level }) => [atMs, level])).toEqual([
      [0, 1],
      [10, 0],
      [30, 1],
      [60, 0],
    ]);
  });
});

describe('pins of the ESP8266', () => {
  test('have numbers, names and, on a NodeMCU, labels', () => {
    const { value } = bareBoard();
    expect(value('[D4,A0,NodeMCU.D4,NodeMCU.D0,NodeMCU.D1]')).toEqual([4, 17, 2, 16, 5]);
  });

  test('can be used by number, by name and as an object', () => {
    const { board } = bareBoard();
    for (const code of [
      'digitalWrite(14,1)',
      'digitalWrite("D14",0)',
      'D14.set()',
      'D14.reset()',
      'new Pin(14)',
    ]) {
      board.evaluate(code);
    }
    expect(board.relay.history.map(({ level }) => level)).toEqual([1, 0, 1, 0]);
  });

  test.each([
    'digitalWrite(99,1)',
    'digitalWrite("Z9",1)',
    'digitalRead(undefined)',
    'pinMode(1.5,"output")',
    'digitalPulse(-1,1,1)',
  ])('%s throws "Invalid pin"', (code) => {
    expect(thrown(bareBoard(), code)).toBe('Error: Invalid pin');
  });

  test('refuse a mode that there is none of', () => {
    expect(thrown(bareBoard(), 'pinMode(4,"loud")')).toBe('Error: Unknown pin mode');
  });

  test('GPIO16 is neither pulled up nor watched', () => {
    const { run } = bareBoard();
    expect(run('pinMode(16,"input_pullup")')).toEqual(['ERROR: only output and input are valid for D16']);
    expect(run('print(setWatch(print,16,{repeat:true}))')).toEqual([
      'WARNING: Unable to set watch. You may already have a watch on a pin with the same number (eg. A0 and B0),',
      'or this pin cannot be used with watch',
      'undefined',
    ]);
  });

  test('the flash chip keeps its pins', () => {
    expect(bareBoard().run('digitalWrite(9,1)')).toEqual(['ERROR: Cannot change pins used for flash chip']);
  });

  test('reads its one analogue input in 1,024 steps', () => {
    const { board, value } = bareBoard();
    board.cds.level = 300;
    expect(value('[analogRead(A0),analogRead("A0"),analogRead(17)]')).toEqual(Array(3).fill(300 / 1024));
    board.cds.level = 1024;
    expect(value('analogRead(A0)')).toBe(1);
    // NaN is null in JSON; NodeMCU.A0 is pin 0 in Espruino, too.
    expect(value('[analogRead(4),analogRead(NodeMCU.A0)]')).toEqual([null, null]);
  });
});

describe('pins of the ESP32', () => {
  test('34 to 39 drive nothing', () => {
    const { board } = bareBoard('esp32', undefined, {
      wiring: { led: 34, relay: 26, dht22: 27, cds: 35, sda: 21, scl: 22, oled: 0 },
    });
    board.evaluate('digitalWrite(34,1);digitalWrite(26,1)');
    expect([board.led.level, board.relay.level]).toEqual([undefined, 1]);
  });

  test('reads its analogue inputs in 4,096 steps, on pins 32 to 39', () => {
    const { board, value } = bareBoard('esp32');
    board.cds.level = 300;
    expect(value('[analogRead(34),analogRead(33),analogRead(25)]')).toEqual([300 / 1024, 0, null]);
    board.cds.level = 1024;
    expect(value('analogRead(34)')).toBeCloseTo(4095 / 4096, 8);
  });

  test('makes a watched pin an input with pull-up, whatever it was', () => {
    const { board, run } = bareBoard('esp32');
    board.evaluate('digitalWrite(26,1);setWatch(print,26,{repeat:true})');
    expect(board.relay.level).toBeUndefined();
    expect(run('print(setWatch(print,12))').at(-1)).toBe('undefined');
  });
});

describe('a restart', () => {
  test('lets go of the outputs: the reset button at once, load() when the pass has ended', () => {
    const { board, clock } = bareBoard('esp8266', undefined);
    board.evaluate('digitalWrite(14,1)');
    board.reset();
    expect(board.relay.level).toBeUndefined();
    board.evaluate('digitalWrite(14,1);load()');
    clock.advance(1);
    expect([board.relay.level, board.evaluate('getPinMode(14)')]).toEqual([undefined, 'input_pullup']);
  });

  test('pulls up after reset() and load(), and on ESP32 after every start', () => {
    expect(bareBoard('esp32').value('getPinMode(26)')).toBe('input_pullup');
    expect(bareBoard('esp8266').value('getPinMode(14)')).toBe('input');
  });
});
