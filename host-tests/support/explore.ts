/**
 * Breadth-first exploration of every state that a machine can reach. A state is a whole number, so
 * that millions fit in memory; what it encodes is the model's own business.
 */
export interface Machine {
  start: number;
  /** One title for each move. */
  moves: readonly string[];
  /** The state that a move leads to, or undefined when it is not possible there. Throws an `Error` when a promise is broken. */
  apply(state: number, move: number): number | undefined;
}

export interface Explored {
  states: number;
  transitions: number;
  /** The first broken promise and the shortest way to it; undefined when all were kept. */
  violation?: string;
}

export function explore(machine: Machine): Explored {
  const states = [machine.start];
  const cameFrom = [-1];
  const cameBy = [-1];
  const indexOf = new Map<number, number>([[machine.start, 0]]);
  let transitions = 0;
  const path = (index: number): string => {
    const titles: string[] = [];
    for (let at = index; cameBy[at] >= 0; at = cameFrom[at]) titles.unshift(machine.moves[cameBy[at]]);
    return ['boot', ...titles].join(' > ');
  };
  for (let index = 0; index < states.length; index++) {
    for (let move = 0; move < machine.moves.length; move++) {
      let next: number | undefined;
      try {
        next = machine.apply(states[index], move);
      } catch (error) {
        const violation = `${(error as Error).message}: ${path(index)} > ${machine.moves[move]}`;
        return { states: states.length, transitions, violation };
      }
      if (next === undefined) continue;
      transitions++;
      if (indexOf.has(next)) continue;
      indexOf.set(next, states.length);
      states.push(next);
      cameFrom.push(index);
      cameBy.push(move);
    }
  }
  return { states: states.length, transitions };
}

/** Packs small whole numbers into one: `radices[i]` is one more than the largest value of the i-th. */
export function pack(values: readonly number[], radices: readonly number[]): number {
  let packed = 0;
  for (let i = 0; i < radices.length; i++) {
    const value = values[i];
    if (!(value >= 0 && value < radices[i] && value === Math.floor(value)))
      throw new RangeError(`value ${i} is ${value}, expected 0 to ${radices[i] - 1}`);
    packed = packed * radices[i] + value;
  }
  return packed;
}

export function unpack(packed: number, radices: readonly number[], values: number[]): void {
  let rest = packed;
  for (let i = radices.length - 1; i >= 0; i--) {
    const value = rest % radices[i];
    values[i] = value;
    rest = (rest - value) / radices[i];
  }
}
