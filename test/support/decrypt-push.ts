import { createDecipheriv, createECDH, hkdfSync } from 'node:crypto';

/** What a browser does with a push (RFC 8291 section 3.4, RFC 8188 section 2). @throws for a message that isn't for these keys */
export function decryptPush(body: Buffer, privateKey: Buffer, authSecret: Buffer): Buffer {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(privateKey);
  const salt = body.subarray(0, 16);
  const sender = body.subarray(21, 21 + body.readUInt8(20));
  const sealed = body.subarray(21 + sender.length);
  if (sealed.length > body.readUInt32BE(16)) throw new RangeError('more than one record');
  const hkdf = (input: Buffer, by: Buffer, info: Buffer, octets: number): Buffer =>
    Buffer.from(hkdfSync('sha256', input, by, info, octets));
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), sender]);
  const input = hkdf(ecdh.computeSecret(sender), authSecret, info, 32);
  const key = hkdf(input, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const decipher = createDecipheriv(
    'aes-128-gcm',
    key,
    hkdf(input, salt, Buffer.from('Content-Encoding: nonce\0'), 12),
  );
  decipher.setAuthTag(sealed.subarray(-16));
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  const end = padded.lastIndexOf(2);
  if (end < 0 || padded.subarray(end + 1).some((octet) => octet !== 0)) throw new RangeError('no delimiter');
  return padded.subarray(0, end);
}
