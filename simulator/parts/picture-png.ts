import { crc32, deflateSync } from 'node:zlib';

/** Black glass, and the two colours of the usual module: its top sixteen rows are amber, the others blue. */
const palette = [0x00, 0x00, 0x00, 0xff, 0xb0, 0x20, 0x40, 0xb8, 0xff];
const amberRows = 16;

/** A picture of one-bit pixels as a PNG with a palette, each pixel `scale` times as wide and high. */
export function picturePng(pixels: Uint8Array, width: number, height: number, scale: number): Buffer {
  const lines = Buffer.alloc(height * scale * (width * scale + 1));
  let at = 0;
  for (let y = 0; y < height * scale; y++) {
    const row = Math.floor(y / scale);
    // Each line begins with its filter, none.
    lines[at++] = 0;
    for (let x = 0; x < width * scale; x++) {
      const lit = pixels[row * width + Math.floor(x / scale)] === 1;
      lines[at++] = lit ? (row < amberRows ? 1 : 2) : 0;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width * scale, 0);
  header.writeUInt32BE(height * scale, 4);
  // Eight bits a pixel, colours from the palette; compression, filter and interlace as everybody.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette)),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Source: PNG specification (ISO/IEC 15948), section 5.3: length, type, data, and a CRC over type and data. */
function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
