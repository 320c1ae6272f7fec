import { describe, expect, test } from 'vitest';
import { bareBoard, thrown } from './bare-board';

const log = 'var log=[];function note(x){log.push(x+"@"+Math.round(getTime()*1000))}';

describe('timers', () => {
  test('run in the order in which they fall due, 0 ms before 1 ms', () => {
    const { board, clock, value } = bareBoard('esp8266', log);
    board.evaluate(
      'setTimeout(note,1,"one");setTimeout(note,0,"none");setTimeout(note,30,"last");setTimeout(note,20,"mid")',
    );
    clock.advance(100);
    expect(value('log')).toEqual(['none@0', 'one@1', 'mid@20', 'last@30']);
  });

  test('take a missing delay as the shortest one', () => {
    const { board, clock, value } = bareBoard('esp8266', log);
    board.evaluate('setTimeout(note,undefined,"soon")');
    clock.advance(1);
    expect(value('log')).toEqual(['soon@0']);
  });

  test('have ids from 1 on, and an id of the newest timer comes again once it is gone', () => {
    const { board, clock, value } = bareBoard('esp8266', log);
    expect(value('[setTimeout(note,10),setInterval(note,1000),setTimeout(note,10)]')).toEqual([1, 2, 3]);
    clock.advance(20);
    expect(value('setTimeout(note,10)')).toBe(3);
    board.evaluate('clearTimeout()');
    expect(value('setTimeout(note,10)')).toBe(1);
  });

  test('keep their phase, and catch up back to back after a stall', () => {
    const { board, clock, value } = bareBoard('esp8266', log);
    board.evaluate('setInterval(note,100,"tick")');
    clock.advance(150);
    board.evaluate(`I2C1.setup({sda:D4,scl:D5,bitrate:100000});
      // 4,000 bytes of nine bits take 360 ms on the bus.
      I2C1.writeTo(60, E.toString({data:"\\0",count:1}), new Uint8Array(3998))`);
    clock.advance(450);
    const ticks = (value('log') as string[]).map((entry) => Number(entry.slice(5)));
    expect(ticks).toEqual([100, 510, 510, 510, 510, 600]);
  });

  test('are walked from the first again whenever one of them has made another', () => {
    const { board, clock, value } = bareBoard('esp8266', 'var log=[];');
    board.evaluate(`I2C1.setup({sda:D4,scl:D5,bitrate:100000});
      setInterval(function(){log.push("A");setTimeout(function(){},1000)},100);
      setInterval(function(){log.push("C")},100);
      setTimeout(function(){log.push("B")},120);
      // 3,666 bytes stall for 330 ms.
      setTimeout(function(){I2C1.writeTo(60,0x40,new Uint8Array(3664));log.push("stalled")},90)`);
    clock.advance(610);
    // The order that the real interpreter showed with the same timers and the same stall.
    expect((value('log') as string[]).join(' ')).toBe('stalled A A A A C B C C C A C A C');
  });

  test('run while another one stalls only after it, when the world has moved on', () => {
    const { board, clock, value } = bareBoard('esp8266', log);
    board.evaluate(`I2C1.setup({sda:D4,scl:D5,bitrate:100000});pinMode(14,"output");
      setTimeout(function(){I2C1.writeTo(60,0x40,new Uint8Array(1109))},10);
      setTimeout(function(){note(digitalRead(14))},50);
      digitalPulse(14,0,80)`);
    clock.advance(500);
    // At 80 ms, in the middle of the stall, the pulse ended.
    expect(value('log')).toEqual(['1@110']);
  });

  test('see in getTime() how long the stall was', () => {
    const { board, clock, value } = bareBoard('esp8266', log);
    board.evaluate(`I2C1.setup({sda:D4,scl:D5,bitrate:100000});
      setTimeout(function(){note("begin");I2C1.writeTo(60,0x40,new Uint8Array(1109));note("end")},10);
      setTimeout(note,50,"waited")`);
    clock.advance(500);
    expect(value('log')).toEqual(['begin@10', 'end@110', 'waited@110']);
  });

  test('can be strings, which run in global scope', () => {
    const { clock, value } = bareBoard('esp8266', 'setTimeout("var late=typeof setTimeout",5)');
    clock.advance(10);
    expect(value('late')).toBe('function');
  });

  test('change their period at once with changeInterval()', () => {
    const { board, clock, value } = bareBoard('esp8266', log);
    board.evaluate('var id=setInterval(note,100,"t")');
    clock.advance(150);
    board.evaluate('changeInterval(id,30)');
    clock.advance(70);
    expect(value('log')).toEqual(['t@100', 't@180', 't@210']);
  });

  test('clearTimeout(undefined) throws, clearTimeout() deletes everything, an id that has fired is harmless', () => {
    const bare = bareBoard('esp8266', log);
    expect(thrown(bare, 'clearTimeout(undefined)')).toBe(
      'Error: clearTimeout(undefined) not allowed. Use clearTimeout() instead',
    );
    expect(thrown(bare, 'clearInterval(undefined)')).toBe(
      'Error: clearInterval(undefined) not allowed. Use clearInterval() instead',
    );
    bare.board.evaluate('setTimeout(note,10,"a");setInterval(note,10,"b");clearTimeout(77)');
    expect(bare.board.counts().timers).toBe(2);
    bare.board.evaluate('clearInterval()');
    bare.clock.advance(50);
    expect([bare.value('log'), bare.board.counts().timers]).toEqual([[], 0]);
  });

  test('refuse what cannot run and what never ends', () => {
    const bare = bareBoard();
    expect(thrown(bare, 'setTimeout(5,1)')).toBe('Error: Function or String not supplied!');
    expect(thrown(bare, 'setTimeout(print,1e15)')).toBe('Error: Interval is too long (>100 years)');
    expect(thrown(bare, 'changeInterval(9,1)')).toBe('Error: Unknown Interval');
  });

  test('go on after an exception, which is printed', () => {
    const { clock, lines } = bareBoard('esp8266', 'setInterval(function(){throw new Error("again")},100)');
    clock.advance(250);
    expect(lines.filter((line) => line.startsWith('Uncaught'))).toEqual([
      'Uncaught Error: again',
      'Uncaught Error: again',
    ]);
  });

  test('run a day of ticks without drifting', () => {
    const { clock, value } = bareBoard(
      'esp8266',
      'var n=0,last;setInterval(function(){n++;last=getTime()},100)',
    );
    clock.advance(86_400_000);
    expect(value('[n,last]')).toEqual([864_000, 86_400]);
  });
});

describe('the board clock', () => {
  test('counts seconds since power-on, in microseconds', () => {
    const { clock, value } = bareBoard();
    clock.advance(1234.5678);
    expect(value('getTime()')).toBe(1.234567);
    expect(value('Date.now()')).toBe(1234.567);
    expect(value('new Date().toISOString()')).toBe('1970-01-01T00:00:01.234Z');
  });

  test('can be set without disturbing timers', () => {
    const { board, clock, value } = bareBoard('esp8266', log);
    board.evaluate('setTimeout(note,100,"t");setTime(1700000000)');
    clock.advance(100);
    expect(value('log')).toEqual(['t@1700000000100']);
  });
});
