/**
 * What a message on `iot/<kit>/<set>` (`lamp/set`, `led/set`; any case) would be called on `iot/<kit>`; empty when it is
 * not understood.
 */
export function plainCommand(set: string, payload: string): string {
  const word = payload.toLowerCase();
  const toggle = word === 'toggle';
  if (!toggle && word !== 'on' && word !== 'off') return '';
  const rest = toggle ? '' : word === 'on' ? '/ON' : '/OFF';
  if (set === 'lamp/set') return 'USBLED' + rest;
  if (set === 'led/set') return toggle ? 'led' : 'LED' + rest;
  return '';
}

/** What would be understood, as a JSON array. */
export function expectedJson(set: string): string {
  if (set === '')
    return '["led","LED/ON","LED/OFF","USBLED","USBLED/ON","USBLED/OFF","dht22","dht22_t","dht22_h","cds"]';
  if (set === 'lamp/set' || set === 'led/set') return '["on","off","toggle"]';
  return '["lamp/set","led/set"]';
}
