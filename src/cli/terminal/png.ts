import { crc32, deflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * A picture of black and white squares as PNG (ISO/IEC 15948): one bit for each pixel.
 * @param rows of equal length; true is black
 * @param scale pixels along the side of a square
 */
export function png(rows: readonly (readonly boolean[])[], scale: number): Buffer {
  const width = (rows[0]?.length ?? 0) * scale;
  const height = rows.length * scale;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Bit depth 1, colour type 0 (greyscale); deflate, adaptive filters, no interlacing.
  header.set([1, 0, 0, 0, 0], 8);
  const lines = rows.flatMap((row) => Array.from({ length: scale }, () => scanLine(row, scale)));
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A line of pixels, white ones as 1, after the octet that says it is not filtered. */
function scanLine(row: readonly boolean[], scale: number): Buffer {
  const line = Buffer.alloc(1 + Math.ceil((row.length * scale) / 8));
  for (let pixel = 0; pixel < row.length * scale; pixel++) {
    const octet = 1 + (pixel >> 3);
    if (!row[Math.floor(pixel / scale)]) line[octet] = (line[octet] ?? 0) | (0x80 >> (pixel & 7));
  }
  return line;
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(content.length, 0);
  framed.set(named, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
}
