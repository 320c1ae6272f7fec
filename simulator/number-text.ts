/*
 * Numbers as Espruino writes them: at most twelve significant digits behind the point, no rounding carry.
 * Source: Espruino src/jsutils.c, ftoa_bounded_extra, release 2v29; the constants and the order of the steps are part of the behaviour.
 */
const closeEnough = 0.0000001;
const longestText = 69;
const largestInt = 0x7ffffffe;

/** As `String(value)` on the board. */
export function numberText(value: number, radix = 10): string {
  if (Number.isInteger(value) && Math.abs(value) <= 0x7fffffff) return value.toString(radix);
  return floatText(value, radix, -1);
}

/** As `value.toFixed(decimals)` on the board: the last digit is rounded but never carries, 99.96 becomes "99.9". */
export function fixedText(value: number, decimals: number): string {
  return floatText(value, 10, Math.min(20, Math.max(0, Math.trunc(decimals) || 0)));
}

/** `decimals` below 0: as many as are needed. */
function floatText(value: number, radix: number, decimals: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity';
  let text = value < 0 ? '-' : '';
  const [size, exponent] = radix === 10 && decimals < 0 ? scaled(Math.abs(value)) : [Math.abs(value), 0];
  let rest = size;
  if (rest < largestInt && Math.trunc(rest + closeEnough) === 1 + Math.trunc(rest))
    rest = 1 + Math.trunc(rest);

  let unit = 1;
  while (unit * radix <= rest) unit *= radix;
  while (unit >= 1) {
    const digit = Math.trunc(rest / unit);
    rest -= digit * unit;
    if (text.length >= longestText) return text;
    text += digitText(digit);
    unit /= radix;
  }
  text += fractionText(rest * radix, radix, decimals, longestText - text.length);
  if (exponent !== 0) text += `e${exponent > 0 ? '+' : ''}${exponent}`;
  return text;
}

/** Huge and tiny numbers are brought near one by repeated steps, which is not exact and shows in the last digits. */
function scaled(value: number): [value: number, exponent: number] {
  let exponent = 0;
  if (value >= 1e21) {
    for (; value > 100000; exponent += 5) value /= 100000;
    for (; value > 10; exponent++) value /= 10;
  } else if (value > 0 && value < 1e-6) {
    for (; value < 1e-5; exponent -= 5) value *= 100000;
    for (; value < 1; exponent--) value *= 10;
  }
  return [value, exponent];
}

function fractionText(rest: number, radix: number, decimals: number, room: number): string {
  let text = '';
  if (!(decimals > 0 || (decimals < 0 && rest > 0))) return text;
  while ((decimals < 0 && decimals > -12 && rest > closeEnough) || decimals > 0) {
    const digit = Math.trunc(rest + (decimals === 1 ? 0.5 : 0.00000001));
    rest = (rest - digit) * radix;
    if (text === '') text = '.';
    if (text.length > room) return text.slice(0, room);
    text += digitText(digit === radix ? radix - 1 : digit);
    decimals--;
  }
  return text;
}

function digitText(digit: number): string {
  return String.fromCharCode((digit < 10 ? 48 : 87) + digit);
}
