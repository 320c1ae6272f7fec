import { describe, expect, test } from 'vitest';
import { JsonSplitter, objectBytesMax, openMsMax } from '../../../gateway/ingest/json-splitter';
import { forSeeds, type Random } from '../../support/random';

/** What a splitter has told: messages as JSON, problems after `!`, newlines as they are. */
interface Told {
  splitter: JsonSplitter;
  told: string[];
}

function listen(): Told {
  const told: string[] = [];
  const splitter = new JsonSplitter({
    message: (json) => told.push(JSON.stringify(json)),
    problem: (sentence) => told.push(`! ${sentence}`),
    newline: () => told.push('\n'),
  });
  return { splitter, told };
}

/** Everything in the pieces that they are, each in turns of `toldMax`. */
function toldOf(pieces: readonly Buffer[], toldMax = Infinity): string[] {
  const { splitter, told } = listen();
  for (const piece of pieces) {
    let used = 0;
    while (used < piece.length) used += splitter.push(piece.subarray(used), 0, toldMax);
  }
  return told;
}

const whole = (text: string): string[] => toldOf([Buffer.from(text)]);

describe('a stream is read as', () => {
  const noObject = (got: string) => `! expected a JSON object, got ${got}`;
  const notClosed = '! an object begins where the one before it is not closed';
  const openText = '! a text is not closed at the end of its line';

  test.each<[string, string, string[]]>([
    ['one object', '{"a":1}', ['{"a":1}']],
    ['one object with a newline', '{"a":1}\n', ['{"a":1}', '\n']],
    ['objects joined', '{"a":1}{"b":2}', ['{"a":1}', '{"b":2}']],
    ['objects with newlines of Windows', '{"a":1}\r\n{"b":2}\r\n', ['{"a":1}', '\n', '{"b":2}', '\n']],
    ['blank lines', '\n\n {"a":1}\n\n\n', ['{"a":1}', '\n']],
    ['an object over several lines', '{\n  "a": 1\n}\n', ['{"a":1}', '\n']],
    ['braces and quotes in texts', '{"a":"}{\\"]["}\n', ['{"a":"}{\\"]["}', '\n']],
    ['a backslash at the end of a text', '{"a":"\\\\"}{"b":1}', ['{"a":"\\\\"}', '{"b":1}']],
    ['nesting', '{"a":{"b":[1,{"c":[]}]}}', ['{"a":{"b":[1,{"c":[]}]}}']],
    ['an array, whole', '[{"a":1},{"b":2}]\n', ['[{"a":1},{"b":2}]', '\n']],
    ['UTF-8', '{"온도":"따뜻함"}', ['{"온도":"따뜻함"}']],
    ['a byte order mark and trailing zeros', '\ufeff{"a":1}\0{"b":2}\0', ['{"a":1}', '{"b":2}']],
    ['noise, told once', 'hello world', [noObject('h')]],
    ['noise with a newline', 'hello\n{"a":1}\n', [noObject('h'), '\n', '{"a":1}', '\n']],
    ['noise before an object', 'hello {"a":1}', [noObject('h'), '{"a":1}']],
    ['noise on two lines', 'x\ny\n', [noObject('x'), '\n', noObject('y'), '\n']],
    ['a stray bracket', '}{"a":1}', [noObject('}'), '{"a":1}']],
    ['a byte that is no character', '\u0001\n', [noObject('the byte 1'), '\n']],
    ['HTTP', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', [noObject('G'), '\n', noObject('H'), '\n']],
    ['a text that is not closed', '{"a":"x}\n{"b":2}\n', [openText, '\n', '{"b":2}', '\n']],
    ['an escape before the end of the line', '{"a":"x\\\n{"b":2}', [openText, '\n', '{"b":2}']],
    ['an object without its end', '{"a":1\n{"b":2}\n', [notClosed, '{"b":2}', '\n']],
    ['an object without its end after a comma', '{"a":1,\n{"b":2}', [notClosed, '{"b":2}']],
    ['brackets that do not match', '{"a":[1}\n{"b":2}', ['! a bracket does not match: }', '\n', '{"b":2}']],
  ])('%s', (_title, text, told) => {
    expect(whole(text)).toEqual(told);
  });

  test('an object that is not JSON, of which the sentence says where', () => {
    expect(whole('{"a":}{"b":1}')).toEqual([expect.stringMatching(/^! expected JSON: /), '{"b":1}']);
  });

  test('an object that is not UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}\n')]);
    expect(toldOf([bytes])).toEqual(['! expected UTF-8, got other bytes', '\n']);
  });
});

describe('however it is split', () => {
  /** Text that means something to a splitter, wherever it stands. */
  const scraps = ['{', '}', '[', ']', '"', '\\', '\n', '\r\n', ',', ':', ' ', 'x', '1', '온', '{"a":', '"}'];

  function value(random: Random, depth: number): unknown {
    switch (random.int(0, depth > 2 ? 3 : 5)) {
      case 0:
        return random.int(-1000, 1000) / 8;
      case 1:
        return random.oneIn(2);
      case 2:
        return null;
      case 3:
        return Array.from({ length: random.int(0, 6) }, () => random.pick(scraps)).join('');
      case 4:
        return Array.from({ length: random.int(0, 3) }, () => value(random, depth + 1));
      default:
        return object(random, depth + 1);
    }
  }

  function object(random: Random, depth = 0): object {
    const entries = Array.from({ length: random.int(0, 3) }, () => [
      random.pick(scraps),
      value(random, depth),
    ]);
    return Object.fromEntries(entries) as object;
  }

  function jsonOf(random: Random): string {
    return JSON.stringify(object(random), null, random.pick([0, 0, 1, '\t']));
  }

  function pieces(random: Random, bytes: Buffer): Buffer[] {
    const result: Buffer[] = [];
    for (let from = 0; from < bytes.length;) {
      const to = Math.min(bytes.length, from + random.int(1, random.pick([1, 3, 20, 200])));
      result.push(bytes.subarray(from, to));
      from = to;
    }
    return result;
  }

  test('every object comes out as it went in, at every boundary', () => {
    forSeeds(300, (random) => {
      const expected: string[] = [];
      let text = '';
      for (let count = random.int(1, 4); count > 0; count--) {
        const json = jsonOf(random);
        const end = random.pick(['', '\n', '\r\n', ' \n\n', ' ']);
        text += json + end;
        expected.push(JSON.stringify(JSON.parse(json)), ...(end.includes('\n') ? ['\n'] : []));
      }
      const bytes = Buffer.from(text);
      expect(toldOf([bytes])).toEqual(expected);
      for (let at = 1; at < bytes.length; at++)
        expect(toldOf([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(expected);
      expect(toldOf(pieces(random, bytes), random.int(1, 3))).toEqual(expected);
    });
  });

  test('what is told of any bytes is the same', () => {
    forSeeds(2000, (random) => {
      let text = '';
      for (let count = random.int(1, 12); count > 0; count--)
        text += random.oneIn(3) ? jsonOf(random) : random.pick(scraps);
      const bytes = random.oneIn(10) ? Buffer.from(random.bytes(60), 'latin1') : Buffer.from(text);
      const told = toldOf([bytes]);
      expect(toldOf([...bytes].map((byte) => Buffer.from([byte])))).toEqual(told);
      expect(toldOf(pieces(random, bytes))).toEqual(told);
      expect(toldOf(pieces(random, bytes), 1)).toEqual(told);
    });
  });

  test('after a newline that follows anything, an object is read', () => {
    forSeeds(2000, (random) => {
      let noise = '';
      for (let count = random.int(0, 10); count > 0; count--) noise += random.pick(scraps);
      const { splitter, told } = listen();
      splitter.push(Buffer.from(noise), 0);
      splitter.tick(openMsMax);
      splitter.push(Buffer.from('\n{"last":1}'), openMsMax);
      expect(told.at(-1)).toBe('{"last":1}');
    });
  });
});

describe('bounds', () => {
  const long = `{"a":"${'x'.repeat(objectBytesMax - 8)}"}`;

  test('an object of 16384 bytes is read, one byte more is told and skipped', () => {
    expect(long).toHaveLength(objectBytesMax);
    expect(whole(`${long}\n`)).toEqual([long, '\n']);
    const longer = long.replace('x', 'xx');
    const told = ['! an object is longer than 16384 bytes', '\n', '{"b":1}'];
    expect(whole(`${longer}\n{"b":1}`)).toEqual(told);
    expect(toldOf([...Buffer.from(`${longer}\n{"b":1}`)].map((byte) => Buffer.from([byte])))).toEqual(told);
  });

  test.each([
    ['of an open text', `{"a":"${'x'.repeat(1_000_000)}`],
    ['of blanks in an object', `{"a":${' '.repeat(1_000_000)}`],
    ['of noise', 'x'.repeat(1_000_000)],
  ])('a megabyte %s without a newline is told once and not kept', (_title, text) => {
    const { splitter, told } = listen();
    const bytes = Buffer.from(text);
    for (let from = 0; from < bytes.length; from += 1000) {
      splitter.push(bytes.subarray(from, from + 1000), 0);
      expect(splitter.held).toBeLessThanOrEqual(objectBytesMax);
    }
    expect(told).toHaveLength(1);
    expect(splitter.held).toBe(0);
  });

  test('nesting ends at 32', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
    expect(whole(nested(32))).toEqual([nested(32)]);
    expect(whole(nested(33))[0]).toBe('! an object is nested deeper than 32');
  });

  test('a turn ends after as many messages as it may have, with the newline of the last', () => {
    const { splitter, told } = listen();
    const bytes = Buffer.from('{"a":1}\n{"a":2}\n{"a":3}\n');
    expect(splitter.push(bytes, 0, 2)).toBe(16);
    expect(told).toEqual(['{"a":1}', '\n', '{"a":2}', '\n']);
  });
});

describe('an object that stays open', () => {
  test('is given up 2 s after its first byte, however it trickles in', () => {
    const { splitter, told } = listen();
    splitter.push(Buffer.from('{"a":'), 1000);
    splitter.push(Buffer.from('"x'), 2900);
    splitter.tick(2999);
    expect(told).toEqual([]);
    splitter.tick(3000);
    expect(told).toEqual(['! an object was not closed within 2 s']);
    expect(splitter.waiting).toBe(true);
  });

  test('leaves its end behind, which is not told again', () => {
    const { splitter, told } = listen();
    splitter.push(Buffer.from('{"a":"x'), 0);
    splitter.tick(2000);
    splitter.push(Buffer.from('yz"}\n{"b":1}\n'), 2500);
    expect(told.slice(1)).toEqual(['\n', '{"b":1}', '\n']);
    expect(splitter.waiting).toBe(false);
  });

  test('is told when the stream ends', () => {
    const { splitter, told } = listen();
    splitter.push(Buffer.from('{"a":1'), 0);
    splitter.end();
    expect(told).toEqual(['! the connection ended before the object did']);
  });

  test('noise that went quiet for 2 s is forgotten, and the next is told', () => {
    const { splitter, told } = listen();
    splitter.push(Buffer.from('bad'), 0);
    splitter.tick(2000);
    splitter.push(Buffer.from('bad'), 3000);
    expect(told).toHaveLength(2);
  });
});
