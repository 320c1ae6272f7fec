/**
 * The frame of a DHT22 as the driver hands it over: two edges of the answer, then 16 bits humidity,
 * 16 bits temperature with a sign bit, 8 bits checksum. Source: Aosong AM2302 datasheet.
 */
const frameLength = 42;

/** True when the frame is whole, its checksum is right and both values are plausible. */
export function frameValid(bits: string): boolean {
  const humidity = parseInt(bits.substr(2, 16), 2);
  const temperature = temperatureOf(bits);
  const sum = bytesOf(bits, 2) + bytesOf(bits, 18);
  // A line held low reads as zeros, checksum and all.
  return (
    bits.length === frameLength &&
    sum > 0 &&
    (sum & 255) === parseInt(bits.substr(34, 8), 2) &&
    humidity <= 1000 &&
    temperature >= -400 &&
    temperature <= 800
  );
}

/** Relative humidity in tenths of a percent, 0..1000. */
export function humidityOf(bits: string): number {
  return parseInt(bits.substr(2, 16), 2);
}

/** Temperature in tenths of a degree Celsius, -400..800. */
export function temperatureOf(bits: string): number {
  const size = parseInt(bits.substr(19, 15), 2);
  return bits[18] === '1' ? -size : size;
}

function bytesOf(bits: string, at: number): number {
  return parseInt(bits.substr(at, 8), 2) + parseInt(bits.substr(at + 8, 8), 2);
}
