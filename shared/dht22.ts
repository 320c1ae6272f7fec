/**
 * The frame of a DHT22 as the driver hands it over: the answer's two edges, then 16 bits humidity,
 * 16 bits temperature with a sign bit, 8 bits checksum. Source: Aosong AM2302 datasheet.
 */
const frameLength = 42;

/**
 * Temperature in tenths of a degree Celsius, -400..800, then humidity in tenths of a percent,
 * 0..1000; both NaN when the frame is not whole, its checksum is wrong or a value is out of range.
 */
export function decodeDht22(bits: string): number[] {
  const humidity = parseInt(bits.substr(2, 16), 2);
  const size = parseInt(bits.substr(18, 16), 2);
  const sum = (humidity >> 8) + (humidity & 255) + (size >> 8) + (size & 255);
  const temperature = size & 0x8000 ? 0x8000 - size : size;
  return bits.length === frameLength &&
    // The answer's second high phase is long. Moved by one bit all values double, and so does their sum.
    bits[1] === '1' &&
    // A line held low reads as zeros, checksum and all.
    sum > 0 &&
    (sum & 255) === parseInt(bits.substr(34), 2) &&
    humidity <= 1000 &&
    temperature >= -400 &&
    temperature <= 800
    ? [temperature, humidity]
    : [NaN, NaN];
}
