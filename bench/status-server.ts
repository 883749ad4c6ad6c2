import { createHmac, randomBytes } from 'node:crypto';

/** A Status-Server (RFC 5997, section 3) with its Message-Authenticator (RFC 3579, section 3.2). */
export function statusServer(secret: string): Buffer {
  const packet = Buffer.alloc(38);
  packet.set([12, 1, 0, 38]);
  packet.set(randomBytes(16), 4);
  packet.set([80, 18], 20);
  packet.set(createHmac('md5', secret).update(packet).digest(), 22);
  return packet;
}
