import { describe, expect, it } from 'vitest';
import { decodeDht22 } from '../../shared/dht22';
import { ensure } from '../support/ensure';
import { forSeeds, newRandom, type Random } from '../support/random';

/** Reads as nothing: both values NaN. */
const nothing = [NaN, NaN];
/** The answer's two edges come before the 40 bits; the first high phase is short, the second long. */
const answer = '01';

function bits(value: number, count: number): string {
  return value.toString(2).padStart(count, '0');
}

/** The 40 bits that a DHT22 sends, in tenths. Source: Aosong AM2302 datasheet. */
function frame(temperature: number, humidity: number): string {
  const size = temperature < 0 ? 0x8000 - temperature : temperature;
  return withChecksum(bits(humidity, 16) + bits(size, 16));
}

/** 32 bits with the checksum behind them. */
function withChecksum(data: string): string {
  let sum = 0;
  for (let at = 0; at < 32; at += 8) sum += parseInt(data.substring(at, at + 8), 2);
  return data + bits(sum & 255, 8);
}

function flipped(text: string, at: number): string {
  return text.substring(0, at) + (text[at] === '1' ? '0' : '1') + text.substring(at + 1);
}

function randomFrame(random: Random): string {
  return frame(random.int(-400, 800), random.int(1, 1000));
}

function refused(text: string): boolean {
  return isNaN(decodeDht22(text)[0]) && isNaN(decodeDht22(text)[1]);
}

describe('a frame', () => {
  it.each([
    // The example of the datasheet.
    ['0000001010001100' + '0000000101011111' + '11101110', [351, 652]],
    ['0000001010001100' + '1000000001100101' + '01110011', [-101, 652]],
    ['0000001111101000' + '0000001100100000' + '00001110', [800, 1000]],
    ['0000000000000001' + '1000000110010000' + '00010010', [-400, 1]],
    ['0000000110010010' + '1000000000000000' + '00010011', [0, 402]],
  ])('%s is read as %j', (text, values) => {
    expect(decodeDht22(answer + text)).toEqual(values);
  });

  it('of any temperature and humidity is read as it was sent', () => {
    for (let temperature = -400; temperature <= 800; temperature++)
      for (let humidity = temperature & 7; humidity <= 1000; humidity += 8) {
        if (temperature === 0 && humidity === 0) continue;
        const read = decodeDht22(answer + frame(temperature, humidity));
        ensure(
          read[0] === temperature && read[1] === humidity,
          `${temperature} and ${humidity} were read as ${read}`,
        );
      }
  });

  it.each([
    ['a line held low', '0'.repeat(42)],
    ['a line held high', '1'.repeat(42)],
    ['nothing', ''],
    ['zeros alone behind a good answer, their checksum too', answer + '0'.repeat(40)],
    ['one edge', '1'],
    ['the answer alone', answer],
    ['a good frame behind an answer of one short and one short phase', '00' + frame(255, 402)],
    ['humidity 100.1 %', answer + frame(200, 1001)],
    ['humidity 6553.5 %', answer + frame(200, 65535)],
    ['temperature 80.1 °C', answer + frame(801, 500)],
    ['temperature -40.1 °C', answer + frame(-401, 500)],
    ['temperature 3276.7 °C', answer + frame(32767, 500)],
  ])('of %s is refused', (_name, text) => {
    expect(decodeDht22(text)).toEqual(nothing);
  });

  it('with a wrong checksum is refused, whichever it is', () => {
    const random = newRandom(1);
    for (let i = 0; i < 100; i++) {
      const good = randomFrame(random);
      for (let sum = 0; sum < 256; sum++)
        if (bits(sum, 8) !== good.substring(32))
          ensure(refused(answer + good.substring(0, 32) + bits(sum, 8)), good);
    }
  });

  it('that lost edges or has too many is refused, wherever', () => {
    forSeeds(2_000, (random) => {
      const good = answer + randomFrame(random);
      const at = random.int(0, 41);
      const lost = random.int(1, 42 - at);
      ensure(
        refused(good.substring(0, at) + good.substring(at + lost)),
        `${lost} edges lost at ${at} of ${good}`,
      );
      const extra = random.pick(['0', '1', '00', '01', '10', '11', good]);
      ensure(
        refused(good.substring(0, at) + extra + good.substring(at)),
        `${extra} came twice at ${at} of ${good}`,
      );
    });
  });

  it('with one wrong bit is refused, whichever it is', () => {
    forSeeds(500, (random) => {
      const good = randomFrame(random);
      for (let at = 0; at < 40; at++) ensure(refused(answer + flipped(good, at)), `bit ${at} of ${good}`);
    });
  });

  it('with two wrong bits is refused, unless they have the same weight and cancel each other', () => {
    // This is what a sum of bytes cannot see: a bit gained and one of the same weight lost, a bit of
    // the data gained together with that of the checksum, or two bits of the highest weight.
    let unseen = 0;
    let tried = 0;
    forSeeds(100, (random) => {
      const good = randomFrame(random);
      const change = (at: number): number => {
        const weight = 128 >> (at % 8);
        return (good[at] === '1' ? -weight : weight) * (at < 32 ? 1 : -1);
      };
      for (let one = 0; one < 40; one++)
        for (let other = one + 1; other < 40; other++) {
          tried++;
          if (refused(answer + flipped(flipped(good, one), other))) continue;
          unseen++;
          ensure((change(one) + change(other)) % 256 === 0, `bits ${one} and ${other} of ${good}`);
        }
    });
    expect(unseen / tried).toBeLessThan(0.06);
  });

  it('that lost one edge and gained another is refused in all but a few of a hundred cases', () => {
    // The length is right, and of the 255 wrong sums one is right by chance; what passes is plausible.
    const random = newRandom(7);
    let wrong = 0;
    const count = 50_000;
    for (let i = 0; i < count; i++) {
      const good = answer + randomFrame(random);
      const lost = random.int(0, 41);
      const gained = random.int(0, 41);
      const without = good.substring(0, lost) + good.substring(lost + 1);
      const text = without.substring(0, gained) + random.pick(['0', '1']) + without.substring(gained);
      const read = decodeDht22(text);
      if (text === good || isNaN(read[0]) || `${read}` === `${decodeDht22(good)}`) continue;
      wrong++;
      ensure(
        read[0] >= -400 && read[0] <= 800 && read[1] >= 0 && read[1] <= 1000,
        `${text} was read as ${read}`,
      );
    }
    expect(wrong / count).toBeLessThan(0.03);
    console.info(`DHT22: ${((wrong / count) * 100).toFixed(2)} % of shifted frames pass`);
  });

  it('that lost its first edge and gained one at its end is refused, though the checksum would often fit', () => {
    let fitting = 0;
    forSeeds(2_000, (random) => {
      const moved = (answer + randomFrame(random)).substring(1) + random.pick(['0', '1']);
      ensure(refused(moved), moved);
      if (!refused(answer + moved.substring(2))) fitting++;
    });
    // All bytes are doubled, and so is their sum: this is why the edges of the answer are looked at.
    if (process.env.SEED === undefined) expect(fitting).toBeGreaterThan(50);
  });

  it('of random bits is hardly ever taken for a reading, and never for one out of range', () => {
    let passed = 0;
    forSeeds(50_000, (random) => {
      let text = '';
      for (let i = 0; i < 42; i++) text += random.pick(['0', '1']);
      const [temperature, humidity] = decodeDht22(text);
      if (isNaN(temperature)) return;
      passed++;
      ensure(temperature >= -400 && temperature <= 800 && humidity >= 0 && humidity <= 1000, text);
    });
    expect(passed).toBeLessThan(10);
  });
});
