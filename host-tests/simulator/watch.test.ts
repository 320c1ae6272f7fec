import { describe, expect, test } from 'vitest';
import { bareBoard, thrown, type BareBoard } from './bare-board';

/** Edges on GPIO14, made by the pin itself: it is watched while it is an output. */
function squareWave({ board, clock }: BareBoard, edges: number, everyMs: number): void {
  for (let i = 0; i < edges; i++) {
    clock.at(clock.now() + (i + 1) * everyMs, () => board.evaluate(`digitalWrite(14,${(i + 1) & 1})`));
  }
}

const watched = 'var got=[];pinMode(14,"output");digitalWrite(14,0);';

describe('setWatch', () => {
  test('tells state, times in seconds and the pin', () => {
    const bare = bareBoard('esp8266', watched + 'setWatch(function(e){got.push(e)},14,{repeat:true})');
    squareWave(bare, 2, 10);
    bare.clock.advance(50);
    expect(bare.value('got')).toEqual([
      { state: true, time: 0.01, pin: 14 },
      { state: false, time: 0.02, lastTime: 0.01, pin: 14 },
    ]);
  });

  test('reports one kind of edge, with the time of the other in lastTime', () => {
    const bare = bareBoard(
      'esp8266',
      watched +
        'setWatch(function(e){got.push([e.state,e.time-e.lastTime])},14,{repeat:true,edge:"falling"})',
    );
    squareWave(bare, 6, 10);
    bare.clock.advance(100);
    expect(
      (bare.value('got') as [boolean, number][]).map(([state, s]) => [state, Math.round(s * 1000)]),
    ).toEqual([
      [false, 10],
      [false, 10],
      [false, 10],
    ]);
  });

  test('fires once without repeat, and not at all after clearWatch', () => {
    const bare = bareBoard(
      'esp8266',
      watched + 'setWatch("got.push(1)",14);var w=setWatch("got.push(2)",14,true)',
    );
    squareWave(bare, 1, 10);
    bare.clock.advance(15);
    bare.board.evaluate('clearWatch(w)');
    squareWave(bare, 3, 10);
    bare.clock.advance(100);
    expect([bare.value('got'), bare.board.counts().watches]).toEqual([[1, 2], 0]);
  });

  test('waits with debounce until the level has stayed', () => {
    const bare = bareBoard(
      'esp8266',
      watched + 'setWatch(function(e){got.push([e.state,e.time])},14,{repeat:true,debounce:25})',
    );
    squareWave(bare, 5, 10);
    bare.clock.advance(200);
    expect(bare.value('got')).toEqual([[true, 0.05]]);
  });

  test('queues 85 edges during a stall and loses the rest, with an error flag', () => {
    const bare = bareBoard(
      'esp8266',
      watched +
        'var flags;E.on("errorFlag",function(f){flags=f});setWatch(function(e){got.push(1)},14,{repeat:true})',
    );
    // The sensor's wire is not needed: GPIO14 toggles by hardware while I2C blocks JavaScript.
    bare.board.evaluate(`var d=[];for(var i=0;i<100;i++)d.push(1);
      I2C1.setup({sda:D4,scl:D5,bitrate:100000});
      digitalPulse(14,1,d);I2C1.writeTo(60,0x40,new Uint8Array(2000))`);
    bare.clock.advance(1000);
    expect(bare.value('got.length')).toBe(85);
    expect(bare.value('flags')).toEqual(['FIFO_FULL']);
    expect(bare.lines).toContain('New interpreter error: FIFO_FULL');
    expect(bare.value('[E.getErrorFlags(),E.getErrorFlags()]')).toEqual([['FIFO_FULL'], []]);
  });

  test('tells of a flag once, and again only after somebody has read the flags', () => {
    const bare = bareBoard(
      'esp8266',
      watched + 'var told=0;E.on("errorFlag",function(f){told++});setWatch(function(e){},14,{repeat:true})',
    );
    const overflow = (): void => {
      bare.board.evaluate(`var d=[];for(var i=0;i<100;i++)d.push(1);
        I2C1.setup({sda:D4,scl:D5,bitrate:100000});
        digitalPulse(14,1,d);I2C1.writeTo(60,0x40,new Uint8Array(2000))`);
      bare.clock.advance(1000);
    };
    overflow();
    overflow();
    expect(bare.value('told')).toBe(1);
    bare.board.evaluate('E.getErrorFlags();setTimeout(function(){},1)');
    bare.clock.advance(10);
    overflow();
    expect(bare.value('told')).toBe(2);
  });

  test('has room for 682 edges on ESP32', () => {
    const bare = bareBoard('esp32', 'var n=0;pinMode(26,"input");setWatch(function(){n++},26,{repeat:true})');
    bare.board.evaluate(`pinMode(26,"output");var d=[];for(var i=0;i<800;i++)d.push(0.1);
      I2C1.setup({sda:D21,scl:D22,bitrate:100000});
      digitalPulse(26,0,d);I2C1.writeTo(60,0x40,new Uint8Array(2000))`);
    bare.clock.advance(1000);
    expect(bare.value('n')).toBe(682);
  });

  test('names what it does not understand', () => {
    const bare = bareBoard();
    expect(thrown(bare, 'setWatch(print,14,{edge:"up"})')).toBe(
      "TypeError: 'edge' in setWatch should be 1, -1, 0, 'rising', 'falling' or 'both'",
    );
    expect(thrown(bare, 'setWatch(5,14)')).toBe('Error: Function or String not supplied!');
    expect(thrown(bare, 'clearWatch(9)')).toBe('Error: Unknown Watch 9');
    expect(thrown(bare, 'clearWatch(undefined)')).toBe(
      'Error: clearWatch(undefined) not allowed. Use clearWatch() instead',
    );
    expect(bare.run('print(setWatch(print,99))')).toEqual(['ERROR: Invalid pin', 'undefined']);
  });
});
