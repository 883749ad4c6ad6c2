#ifndef PACKET_H
#define PACKET_H
#include <stddef.h>
#include <stdint.h>

enum { LARGEST = 4096, HEADER = 20, LONGEST_STATE = 253 };
enum { ACCESS_REQUEST = 1, ACCESS_ACCEPT = 2, ACCESS_CHALLENGE = 11 };

struct secret {
  const uint8_t *octets;
  size_t size; /* at most 64 */
};

struct state {
  uint8_t octets[LONGEST_STATE];
  size_t size; /* 0: none */
};

/* Writes an Access-Request with Message-Authenticator first, User-Name, User-Password (at most 16 octets), State if there is one.
   The authenticator is 16 octets. Returns its size. */
size_t write_request(uint8_t *out, uint8_t id, const uint8_t *authenticator, const char *name, const char *password,
                     const struct state *state, const struct secret *secret);

/* The code of a reply whose length, attributes, Response Authenticator and Message-Authenticator are right, with its State; 0 for any other. */
int read_reply(uint8_t *reply, size_t size, const uint8_t *authenticator, const struct secret *secret,
               struct state *state);

/* RFC 6238: six digits and a NUL, steps of 30 s, HMAC-SHA-1. */
void totp(const uint8_t *key, size_t size, uint64_t seconds, char *out);

#endif
