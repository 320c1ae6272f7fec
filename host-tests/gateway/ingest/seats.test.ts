import { expect, test } from 'vitest';
import { Seats } from '../../../gateway/ingest/seats';
import { forSeeds } from '../../support/random';

const guest = (network: string, name: string) => ({ network, name });

test('while there is room nobody has to go', () => {
  const seats = new Seats(2);
  expect(seats.add(guest('a', '1'))).toBeUndefined();
  expect(seats.add(guest('b', '2'))).toBeUndefined();
  expect(seats.taken).toBe(2);
});

test('of one address, the oldest goes that has never reported, then the one whose report is oldest', () => {
  const seats = new Seats(3);
  const [first, second, third] = [guest('a', '1'), guest('a', '2'), guest('a', '3')];
  for (const each of [first, second, third]) seats.add(each);
  for (const each of [first, second, first]) seats.hasReported(each);
  const newcomer = guest('a', '4');
  expect(seats.add(newcomer)).toBe(third);
  seats.hasReported(newcomer);
  expect(seats.add(guest('a', '5'))).toBe(second);
  expect(seats.taken).toBe(3);
});

test('ten thousand of one address push out each other and nobody else', () => {
  const seats = new Seats<ReturnType<typeof guest>>(100);
  const sensor = guest('sensor', 'silent');
  seats.add(sensor);
  for (let count = 0; count < 10_000; count++)
    expect(seats.add(guest('hostile', String(count)))).not.toBe(sensor);
  expect(seats.taken).toBe(100);
  expect([...seats]).toContain(sensor);
  // The one that comes now takes the place of one of those as well.
  expect(seats.add(guest('late', 'sensor'))?.network).toBe('hostile');
});

test('who has gone already is not counted twice', () => {
  const seats = new Seats(1);
  const first = guest('a', '1');
  seats.add(first);
  expect(seats.add(guest('a', '2'))).toBe(first);
  seats.remove(first);
  seats.hasReported(first);
  expect(seats.taken).toBe(1);
});

test('the count is that of the guests, whatever happens', () => {
  forSeeds(100, (random) => {
    const seats = new Seats<ReturnType<typeof guest>>(5);
    let present: ReturnType<typeof guest>[] = [];
    for (let step = 0; step < 60; step++) {
      const some = present.length > 0 ? random.pick(present) : undefined;
      if (some && random.oneIn(3)) {
        seats.remove(some);
        present = present.filter((each) => each !== some);
      } else if (some && random.oneIn(2)) seats.hasReported(some);
      else {
        const newcomer = guest(random.pick(['a', 'b', 'c']), String(step));
        const loser = seats.add(newcomer);
        present = [...present.filter((each) => each !== loser), newcomer];
      }
      expect(new Set(seats)).toEqual(new Set(present));
      expect(seats.taken).toBe(present.length);
      expect(seats.taken).toBeLessThanOrEqual(5);
    }
  });
});
