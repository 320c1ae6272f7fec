import { describe, expect, test } from 'vitest';
import { Dht22, VirtualClock } from '../../simulator';
import type { Level } from '../../simulator';
import { forSeeds } from '../support/random';
import { bareBoard, type BareBoard } from './bare-board';

/** A reader of our own, from the datasheet: a bit is 1 when its high phase is longer than 50 us. */
const reader = `var bits;function read(startMs){
  bits="";
  pinMode(0,"output");digitalWrite(0,0);
  setTimeout(function(){
    var w=setWatch(function(e){bits+=e.time-e.lastTime>50e-6?1:0},0,{repeat:true,edge:"falling"});
    pinMode(0,"input_pullup");
    setTimeout(function(){clearWatch(w)},50);
  },startMs||1);
}`;

/** The 40 bits after the response, or what there is. */
function frame({ board, clock, value }: BareBoard, startMs = 1): string {
  board.evaluate(`read(${startMs})`);
  clock.advance(100 + startMs);
  // The first falling edge ends the release, the second one the response.
  return (value('bits') as string).slice(2);
}

function encoded(humidityPct: number, temperatureC: number): string {
  const humidity = Math.round(humidityPct * 10);
  const temperature = Math.round(Math.abs(temperatureC) * 10) | (temperatureC < 0 ? 0x8000 : 0);
  const bytes = [humidity >> 8, humidity & 255, temperature >> 8, temperature & 255];
  bytes.push(bytes.reduce((sum, byte) => sum + byte) & 255);
  return bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
}

function awake(): BareBoard {
  const bare = bareBoard('esp8266', reader);
  bare.clock.advance(2000);
  return bare;
}

describe('a DHT22', () => {
  test('answers a start signal with its values, whatever they are', () => {
    forSeeds(30, (random) => {
      const bare = awake();
      bare.board.dht22.humidityPct = random.int(0, 1000) / 10;
      bare.board.dht22.temperatureC = random.int(-400, 800) / 10;
      expect(frame(bare)).toBe(encoded(bare.board.dht22.humidityPct, bare.board.dht22.temperatureC));
    });
  });

  test('keeps to the times of the datasheet', () => {
    const clock = new VirtualClock();
    const sensor = new Dht22(clock);
    const edges: [Level, number][] = [];
    sensor.connect({ drive: (level) => edges.push([level, clock.now()]) });
    sensor.powerOn(-5000);
    sensor.onBoardDrives(0, 0);
    clock.advance(1);
    edges.length = 0;
    sensor.onBoardDrives(undefined, clock.now());
    clock.advance(100);
    const durationsUs = edges.map(([, atMs], i) =>
      Math.round((atMs - (i === 0 ? 1 : edges[i - 1]![1])) * 1000),
    );
    expect(edges.map(([level]) => level)).toEqual(edges.map((_, i) => i % 2));
    expect(durationsUs.slice(0, 3)).toEqual([30, 80, 80]);
    expect(new Set(durationsUs.slice(3).filter((_, i) => i % 2 === 0))).toEqual(new Set([50]));
    expect(new Set(durationsUs.slice(3).filter((_, i) => i % 2 === 1))).toEqual(new Set([26, 70]));
    expect(edges.length).toBe(84);
  });

  test.each([0.5, 30])('does not take %s ms as a start signal', (startMs) => {
    const bare = awake();
    expect(frame(bare, startMs)).toBe('');
    expect(bare.board.dht22.answers).toBe(0);
  });

  test('tells whoever watches that it was asked, also when it is silent', () => {
    const bare = awake();
    const asked: number[] = [];
    bare.board.dht22.onAsked = (atMs) => asked.push(atMs);
    bare.board.dht22.fault = 'silent';
    frame(bare);
    expect(asked).toEqual([2001]);
  });

  test('says nothing in the first second after power-on', () => {
    const bare = bareBoard('esp8266', reader);
    expect(frame(bare)).toBe('');
    bare.clock.advance(1000);
    expect(frame(bare)).toHaveLength(40);
  });

  test('repeats its last values when it is asked again within two seconds', () => {
    const bare = awake();
    const first = frame(bare);
    bare.board.dht22.temperatureC = 39.9;
    bare.clock.advance(1000);
    expect(frame(bare)).toBe(first);
    bare.clock.advance(2000);
    expect(frame(bare)).toBe(encoded(45, 39.9));
  });

  test('can be silent, wrong, noisy and short', () => {
    const bare = awake();
    const { dht22 } = bare.board;
    const good = encoded(dht22.humidityPct, dht22.temperatureC);
    const seen: Record<string, string> = {};
    for (const fault of ['silent', 'checksum', 'noise', 'short'] as const) {
      dht22.fault = fault;
      seen[fault] = frame(bare);
      bare.clock.advance(3000);
    }
    expect(seen['silent']).toBe('');
    expect(seen['checksum']).toBe(good.slice(0, -1) + (good.endsWith('1') ? '0' : '1'));
    expect(seen['noise']).not.toBe(good);
    expect(seen['noise']).toHaveLength(42);
    expect(seen['short']).toBe(good.slice(0, 20));
  });

  test('sends any bits that a test gives it', () => {
    const bare = awake();
    bare.board.dht22.frame = '1'.repeat(40);
    expect(frame(bare)).toBe('1'.repeat(40));
  });

  test('fills the interrupt queue of the ESP8266 nearly by itself: a stall of the bus loses edges', () => {
    const bare = awake();
    bare.board.evaluate('I2C1.setup({sda:D4,scl:D5,bitrate:100000});read();');
    bare.clock.advance(1.5);
    bare.board.evaluate('I2C1.writeTo(60,0x40,new Uint8Array(1024))');
    bare.clock.advance(200);
    // 84 edges and the one of letting go are the 85 that there is room for: timing is taken by the interrupt, so all is well.
    expect((bare.value('bits') as string).slice(2)).toBe(encoded(45, 24));
    expect(bare.value('E.getErrorFlags()')).toEqual([]);
  });
});
