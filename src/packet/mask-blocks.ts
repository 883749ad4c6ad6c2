import { Size } from './constants.ts';
import type { SharedSecret } from './shared-secret.ts';

const none = Buffer.alloc(0);

/**
 * XORs each block of 16 octets of `text`, in place, with MD5(secret + what came before): `first`, then the cipher block before it. This is
 * the chain of RFC 2865 §5.2, RFC 2548 §2.4.2 and RFC 2868 §3.5.
 * @param cipher where the cipher blocks are read: `text` itself to hide, a copy of the received octets to reveal
 */
export function maskBlocks(text: Buffer, cipher: Buffer, secret: SharedSecret, first: Buffer): void {
  let previous = first;
  for (let at = 0; at < text.length; at += Size.authenticator) {
    const pad = secret.md5(none, previous);
    for (let i = 0; i < Size.authenticator; i++) text[at + i] = (text[at + i] ?? 0) ^ (pad[i] ?? 0);
    previous = cipher.subarray(at, at + Size.authenticator);
  }
}
