import { describe, expect, it } from 'vitest';
import { difference } from '../../../cli/view/screen';

describe('drawing', () => {
  it('writes nothing when nothing has changed', () => {
    expect(difference(['a', 'b'], ['a', 'b'])).toBe('');
  });

  it('writes the rows that differ and clears what stood there', () => {
    expect(difference(['a', 'bcd', 'e'], ['a', 'b', 'e'])).toBe('\x1b[2;1H\x1b[0m\x1b[Kb');
  });

  it('clears rows that are no longer there', () => {
    expect(difference(['a', 'b'], ['a'])).toBe('\x1b[2;1H\x1b[0m\x1b[K');
  });
});
