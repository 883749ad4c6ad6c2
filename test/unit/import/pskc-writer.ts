import { createCipheriv, createHmac } from 'node:crypto';

const iv = Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex');

/** How a test writes an encrypted value. */
export interface Sealing {
  /** 16, 24 or 32 octets. */
  readonly key: Buffer;
  readonly macKey: Buffer;
  readonly hash?: 'sha1' | 'sha256' | 'sha512';
  /** The octets after the value; by default as XML Encryption pads it, with anything before the length. */
  readonly padding?: (length: number) => Buffer;
}

/** The right padding: its last octet is its length. */
export function padding(length: number): Buffer {
  return Buffer.concat([Buffer.alloc(length - 1, 0xa5), Buffer.of(length)]);
}

/** Initialisation vector and ciphertext, in base64. */
function cipherValue(value: Buffer, { key, padding: pad = padding }: Sealing): string {
  const cipher = createCipheriv(`aes-${key.length * 8}-cbc`, key, iv).setAutoPadding(false);
  const padded = Buffer.concat([value, pad(16 - (value.length % 16))]);
  return Buffer.concat([iv, cipher.update(padded), cipher.final()]).toString('base64');
}

function encryptedType(value: string, { key }: Sealing): string {
  return (
    `<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes${key.length * 8}-cbc"/>` +
    `<xenc:CipherData><xenc:CipherValue>${value}</xenc:CipherValue></xenc:CipherData>`
  );
}

/** An EncryptedValue with its ValueMAC. */
export function sealed(value: Buffer, sealing: Sealing): string {
  const text = cipherValue(value, sealing);
  const mac = createHmac(sealing.hash ?? 'sha1', sealing.macKey)
    .update(Buffer.from(text, 'base64'))
    .digest('base64');
  return `<EncryptedValue>${encryptedType(text, sealing)}</EncryptedValue><ValueMAC>${mac}</ValueMAC>`;
}

/** The MACMethod with its key. */
export function macMethod(sealing: Sealing): string {
  const algorithm =
    sealing.hash === undefined || sealing.hash === 'sha1'
      ? 'http://www.w3.org/2000/09/xmldsig#hmac-sha1'
      : `http://www.w3.org/2001/04/xmldsig-more#hmac-${sealing.hash}`;
  const macKey = encryptedType(cipherValue(sealing.macKey, sealing), sealing);
  return `<MACMethod Algorithm="${algorithm}"><MACKey>${macKey}</MACKey></MACMethod>`;
}

export const preshared = '<EncryptionKey><ds:KeyName>Pre-shared-key</ds:KeyName></EncryptionKey>';

/** A container with the usual prefixes, each part on a line of its own, from line 3 on. */
export function container(...parts: readonly string[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc" xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">',
    ...parts,
    '</KeyContainer>',
    '',
  ].join('\n');
}

/** The parts of a package, on one line. */
export interface PackageParts {
  readonly serial?: string;
  readonly algorithm?: string;
  readonly format?: string;
  readonly suite?: string;
  readonly secret?: string;
  /** The rest of Data. */
  readonly data?: string;
  /** What follows Data. */
  readonly rest?: string;
}

/** The key of packages that name none: 00 01 02 to 13, in hexadecimal. */
export const plainKey = Buffer.from(Array.from({ length: 20 }, (_, i) => i));

export function keyPackage({
  serial = '1',
  algorithm = 'urn:ietf:params:xml:ns:keyprov:pskc:totp',
  format = '<ResponseFormat Length="6" Encoding="DECIMAL"/>',
  suite = '',
  secret = `<PlainValue>${plainKey.toString('base64')}</PlainValue>`,
  data = '<TimeInterval><PlainValue>30</PlainValue></TimeInterval>',
  rest = '',
}: PackageParts = {}): string {
  return (
    `<KeyPackage><DeviceInfo><SerialNo>${serial}</SerialNo></DeviceInfo><Key Id="${serial}" Algorithm="${algorithm}">` +
    `<AlgorithmParameters>${suite}${format}</AlgorithmParameters><Data><Secret>${secret}</Secret>${data}</Data>${rest}</Key></KeyPackage>`
  );
}
