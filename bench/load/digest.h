#ifndef DIGEST_H
#define DIGEST_H
#include <stddef.h>
#include <stdint.h>

enum { MD5_SIZE = 16, SHA1_SIZE = 20 };

/* RFC 1321. `size` is at most 4096 octets, a RADIUS packet. */
void md5(const uint8_t *text, size_t size, uint8_t *out);
/* RFC 2104; the key is at most 64 octets, the text at most 4096. */
void hmac_md5(const uint8_t *key, size_t key_size, const uint8_t *text, size_t size, uint8_t *out);
void hmac_sha1(const uint8_t *key, size_t key_size, const uint8_t *text, size_t size, uint8_t *out);

#endif
