/* RFC 2865 packets, RFC 3579 (3.2) Message-Authenticator, RFC 6238 codes. */
#include "packet.h"
#include "digest.h"
#include <stdio.h>
#include <string.h>

enum { USER_NAME = 1, USER_PASSWORD = 2, STATE = 24, MESSAGE_AUTHENTICATOR = 80 };

static size_t put(uint8_t *out, size_t at, uint8_t type, const void *value, size_t size) {
  out[at] = type;
  out[at + 1] = (uint8_t)(size + 2);
  memcpy(out + at + 2, value, size);
  return at + 2 + size;
}

/* RFC 2865 (5.2), one block. */
static void hide(const char *password, const uint8_t *authenticator, const struct secret *secret, uint8_t *out) {
  uint8_t text[64 + 16], padded[16] = {0};
  memcpy(text, secret->octets, secret->size);
  memcpy(text + secret->size, authenticator, 16);
  memcpy(padded, password, strnlen(password, 16));
  md5(text, secret->size + 16, out);
  for (int i = 0; i < 16; i++) out[i] ^= padded[i];
}

size_t write_request(uint8_t *out, uint8_t id, const uint8_t *authenticator, const char *name, const char *password,
                     const struct state *state, const struct secret *secret) {
  static const uint8_t zeros[16];
  uint8_t hidden[16];
  hide(password, authenticator, secret, hidden);
  out[0] = ACCESS_REQUEST;
  out[1] = id;
  memcpy(out + 4, authenticator, 16);
  size_t size = put(out, HEADER, MESSAGE_AUTHENTICATOR, zeros, sizeof zeros);
  size = put(out, size, USER_NAME, name, strlen(name));
  size = put(out, size, USER_PASSWORD, hidden, sizeof hidden);
  if (state->size) size = put(out, size, STATE, state->octets, state->size);
  out[2] = (uint8_t)(size >> 8);
  out[3] = (uint8_t)size;
  hmac_md5(secret->octets, secret->size, out, size, out + HEADER + 2);
  return size;
}

static int authentic(const uint8_t *reply, size_t size, const uint8_t *authenticator, const struct secret *secret) {
  uint8_t text[LARGEST + 64], expected[MD5_SIZE];
  memcpy(text, reply, size);
  memcpy(text + 4, authenticator, 16);
  memcpy(text + size, secret->octets, secret->size);
  md5(text, size + secret->size, expected);
  return memcmp(expected, reply + 4, MD5_SIZE) == 0;
}

int read_reply(uint8_t *reply, size_t size, const uint8_t *authenticator, const struct secret *secret,
               struct state *state) {
  if (size < HEADER || (size_t)(reply[2] << 8 | reply[3]) != size || !authentic(reply, size, authenticator, secret))
    return 0;
  uint8_t sent[MD5_SIZE], expected[MD5_SIZE];
  size_t mac = 0;
  state->size = 0;
  for (size_t at = HEADER; at < size; at += reply[at + 1]) {
    if (at + 2 > size || reply[at + 1] < 2 || at + reply[at + 1] > size) return 0;
    size_t length = reply[at + 1] - 2u;
    if (reply[at] == MESSAGE_AUTHENTICATOR && length == MD5_SIZE) mac = at + 2;
    if (reply[at] == STATE) memcpy(state->octets, reply + at + 2, state->size = length);
  }
  if (!mac) return 0;
  memcpy(sent, reply + mac, MD5_SIZE);
  memset(reply + mac, 0, MD5_SIZE);
  memcpy(reply + 4, authenticator, 16);
  hmac_md5(secret->octets, secret->size, reply, size, expected);
  return memcmp(sent, expected, MD5_SIZE) == 0 ? reply[0] : 0;
}

void totp(const uint8_t *key, size_t size, uint64_t seconds, char *out) {
  uint8_t counter[8], mac[SHA1_SIZE];
  for (int i = 0; i < 8; i++) counter[i] = (uint8_t)(seconds / 30 >> 8 * (7 - i));
  hmac_sha1(key, size, counter, sizeof counter, mac);
  const uint8_t *at = mac + (mac[19] & 15);
  uint32_t code = ((uint32_t)(at[0] & 127) << 24 | at[1] << 16 | at[2] << 8 | at[3]) % 1000000;
  snprintf(out, 7, "%06u", code);
}
