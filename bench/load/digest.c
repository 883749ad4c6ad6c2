/* MD5 (RFC 1321), SHA-1 (RFC 3174) and HMAC (RFC 2104): here, so that the benchmark needs a compiler and no library. */
#include "digest.h"
#include <math.h>
#include <string.h>

enum { BLOCK = 64, LONGEST = 4096 };

typedef void (*compress)(uint32_t *state, const uint8_t *block);
typedef void (*digest)(const uint8_t *text, size_t size, uint8_t *out);

static uint32_t rotate(uint32_t value, int bits) {
  return value << bits | value >> (32 - bits);
}

static void md5_block(uint32_t *state, const uint8_t *block) {
  static const int turns[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};
  static uint32_t sines[64];
  if (!sines[0])
    for (int i = 0; i < 64; i++) sines[i] = (uint32_t)(int64_t)floor(4294967296.0 * fabs(sin(i + 1)));
  uint32_t word[16], a = state[0], b = state[1], c = state[2], d = state[3];
  for (int i = 0; i < 16; i++)
    word[i] = block[4 * i] | block[4 * i + 1] << 8 | block[4 * i + 2] << 16 | (uint32_t)block[4 * i + 3] << 24;
  for (int i = 0; i < 64; i++) {
    uint32_t f;
    int at;
    switch (i / 16) {
    case 0: f = (b & c) | (~b & d), at = i; break;
    case 1: f = (d & b) | (~d & c), at = (5 * i + 1) % 16; break;
    case 2: f = b ^ c ^ d, at = (3 * i + 5) % 16; break;
    default: f = c ^ (b | ~d), at = 7 * i % 16;
    }
    uint32_t next = b + rotate(a + f + sines[i] + word[at], turns[i / 16][i % 4]);
    a = d, d = c, c = b, b = next;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
}

static void sha1_block(uint32_t *state, const uint8_t *block) {
  uint32_t word[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
  for (int i = 0; i < 16; i++)
    word[i] = (uint32_t)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
  for (int i = 16; i < 80; i++) word[i] = rotate(word[i - 3] ^ word[i - 8] ^ word[i - 14] ^ word[i - 16], 1);
  for (int i = 0; i < 80; i++) {
    uint32_t f;
    switch (i / 20) {
    case 0: f = ((b & c) | (~b & d)) + 0x5a827999; break;
    case 1: f = (b ^ c ^ d) + 0x6ed9eba1; break;
    case 2: f = ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc; break;
    default: f = (b ^ c ^ d) + 0xca62c1d6;
    }
    uint32_t next = rotate(a, 5) + f + e + word[i];
    e = d, d = c, c = rotate(b, 30), b = a, a = next;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

/* Both pad alike: 0x80, zeros, then the length in bits in 8 octets, whose order differs. */
static void absorb(compress block, uint32_t *state, const uint8_t *text, size_t size, int big_endian) {
  uint8_t last[2 * BLOCK] = {0};
  size_t whole = size / BLOCK * BLOCK, rest = size - whole, end = rest < 56 ? BLOCK : 2 * BLOCK;
  for (size_t at = 0; at < whole; at += BLOCK) block(state, text + at);
  memcpy(last, text + whole, rest);
  last[rest] = 0x80;
  for (int i = 0; i < 8; i++) last[big_endian ? end - 1 - i : end - 8 + i] = (uint8_t)((uint64_t)size * 8 >> 8 * i);
  for (size_t at = 0; at < end; at += BLOCK) block(state, last + at);
}

void md5(const uint8_t *text, size_t size, uint8_t *out) {
  uint32_t state[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
  absorb(md5_block, state, text, size, 0);
  for (int i = 0; i < MD5_SIZE; i++) out[i] = (uint8_t)(state[i / 4] >> 8 * (i % 4));
}

static void sha1(const uint8_t *text, size_t size, uint8_t *out) {
  uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  absorb(sha1_block, state, text, size, 1);
  for (int i = 0; i < SHA1_SIZE; i++) out[i] = (uint8_t)(state[i / 4] >> 8 * (3 - i % 4));
}

static void hmac(digest hash, size_t hash_size, const uint8_t *key, size_t key_size, const uint8_t *text, size_t size,
                 uint8_t *out) {
  uint8_t inner[BLOCK + LONGEST], outer[BLOCK + SHA1_SIZE];
  memset(inner, 0x36, BLOCK);
  memset(outer, 0x5c, BLOCK);
  for (size_t i = 0; i < key_size; i++) inner[i] ^= key[i], outer[i] ^= key[i];
  memcpy(inner + BLOCK, text, size);
  hash(inner, BLOCK + size, outer + BLOCK);
  hash(outer, BLOCK + hash_size, out);
}

void hmac_md5(const uint8_t *key, size_t key_size, const uint8_t *text, size_t size, uint8_t *out) {
  hmac(md5, MD5_SIZE, key, key_size, text, size, out);
}

void hmac_sha1(const uint8_t *key, size_t key_size, const uint8_t *text, size_t size, uint8_t *out) {
  hmac(sha1, SHA1_SIZE, key, key_size, text, size, out);
}
