/** RFC 1320 §3.4: in each round, which word of the block each step takes, and by how much it rotates in turn. */
const rounds = [
  {
    words: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    turns: [3, 7, 11, 19],
    constant: 0,
    mix: (x: number, y: number, z: number): number => (x & y) | (~x & z),
  },
  {
    words: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    turns: [3, 5, 9, 13],
    constant: 0x5a827999,
    mix: (x: number, y: number, z: number): number => (x & y) | (x & z) | (y & z),
  },
  {
    words: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    turns: [3, 9, 11, 15],
    constant: 0x6ed9eba1,
    mix: (x: number, y: number, z: number): number => x ^ y ^ z,
  },
] as const;

const blockSize = 64;
const lengthSize = 8;

/** MD4, 16 octets: RFC 1320. Node's OpenSSL has it no more, and MS-CHAP is made of it; it is good for nothing else. */
export function md4(message: Buffer): Buffer {
  let [a, b, c, d] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  const padded = pad(message);
  for (let at = 0; at < padded.length; at += blockSize) {
    const before = [a, b, c, d] as const;
    for (const { words, turns, constant, mix } of rounds)
      for (const [step, word] of words.entries()) {
        const sum = (a + mix(b, c, d) + padded.readUInt32LE(at + 4 * word) + constant) | 0;
        const turn = turns[step % 4] ?? 0;
        [a, b, c, d] = [d, (sum << turn) | (sum >>> (32 - turn)), b, c];
      }
    a = (a + before[0]) | 0;
    b = (b + before[1]) | 0;
    c = (c + before[2]) | 0;
    d = (d + before[3]) | 0;
  }
  const digest = Buffer.alloc(16);
  for (const [index, word] of [a, b, c, d].entries()) digest.writeInt32LE(word, 4 * index);
  return digest;
}

/** RFC 1320 §3.1 and §3.2: a one bit, zeros, and the length in bits (64 of them, low word first). */
function pad(message: Buffer): Buffer {
  const size = Math.ceil((message.length + 1 + lengthSize) / blockSize) * blockSize;
  const padded = Buffer.alloc(size);
  message.copy(padded);
  padded[message.length] = 0x80;
  padded.writeBigUInt64LE(BigInt(message.length) * 8n, size - lengthSize);
  return padded;
}
