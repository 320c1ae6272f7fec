/** A room that a sensor could stand in: temperature and humidity wander a little with each reading, and stay plausible. */
export class SimulatedRoom {
  #temperature: number;
  #humidity: number;

  /** `random` gives numbers from 0 to below 1. */
  constructor(private readonly random: () => number) {
    this.#temperature = 20 + 5 * random();
    this.#humidity = 40 + 20 * random();
  }

  /** Degrees Celsius and percent, with one decimal. */
  next(): { temperature: number; humidity: number } {
    this.#temperature = wandered(this.#temperature, 0.3, 10, 35, this.random());
    this.#humidity = wandered(this.#humidity, 1, 20, 90, this.random());
    return { temperature: tenths(this.#temperature), humidity: tenths(this.#humidity) };
  }
}

function wandered(value: number, step: number, min: number, max: number, random: number): number {
  return Math.min(Math.max(value + (2 * random - 1) * step, min), max);
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
