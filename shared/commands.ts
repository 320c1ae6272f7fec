/** What a message on one of the kit's topics asks for. */
export const enum Command {
  Unknown,
  /** `dht22`, and the two halves of it. */
  Both,
  Temperature,
  Humidity,
  Light,
  LampOn,
  LampOff,
  LampToggle,
  LedOn,
  LedOff,
  LedToggle,
}

/**
 * The command of a payload on `iot/<kit>`, compared exactly, or on `iot/<kit>/<set>` (`lamp/set`,
 * `led/set`), in any case.
 */
export function parseCommand(set: string, payload: string): Command {
  if (set) {
    const word = payload.toLowerCase();
    const value = word === 'on' ? 0 : word === 'off' ? 1 : word === 'toggle' ? 2 : -1;
    if (value < 0) return Command.Unknown;
    if (set === 'lamp/set') return Command.LampOn + value;
    if (set === 'led/set') return Command.LedOn + value;
    return Command.Unknown;
  }
  if (payload === 'USBLED/ON') return Command.LampOn;
  if (payload === 'cds') return Command.Light;
  if (payload === 'dht22') return Command.Both;
  if (payload === 'USBLED/OFF') return Command.LampOff;
  if (payload === 'USBLED') return Command.LampToggle;
  if (payload === 'LED/ON') return Command.LedOn;
  if (payload === 'LED/OFF') return Command.LedOff;
  if (payload === 'led') return Command.LedToggle;
  if (payload === 'dht22_t') return Command.Temperature;
  if (payload === 'dht22_h') return Command.Humidity;
  return Command.Unknown;
}

/** What would be understood, as a JSON array. */
export function expectedJson(set: string): string {
  if (set === '')
    return '["led","LED/ON","LED/OFF","USBLED","USBLED/ON","USBLED/OFF","dht22","dht22_t","dht22_h","cds"]';
  if (set === 'lamp/set' || set === 'led/set') return '["on","off","toggle"]';
  return '["lamp/set","led/set"]';
}
