import { createPrivateKey, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { readSmallFile, reasonOf } from '../../config/read-file.ts';
import type { Config } from '../../config/schema.ts';
import type { Checked } from './checked.ts';
import { addressOf, Unusable } from './reach.ts';

/** No file of certificates is larger, in octets. */
const largest = 1024 * 1024;
/** For the name, in milliseconds. */
const patience = 8_000;

/** Whether browsers will take the pages' certificate, and find them. @returns undefined if no pages are served */
export async function checkWeb(
  { listen, url, certificate, certificate_key }: Config['web'],
  now: number,
): Promise<Checked | undefined> {
  if (!listen || url === undefined) return undefined;
  try {
    const { hostname } = new URL(url);
    const host = hostname.replace(/^\[|\]$/g, '');
    const seen =
      certificate !== undefined && certificate_key !== undefined
        ? judged(certificate, certificate_key, host, now)
        : 'no certificate here: a proxy before it speaks TLS';
    return { ok: true, message: `${seen}; ${await found(host)}` };
  } catch (error) {
    if (error instanceof Unusable) return { ok: false, message: error.message };
    throw error;
  }
}

function judged(file: string, keyFile: string, host: string, now: number): string {
  const certificate = parsed(file, (pem) => new X509Certificate(pem));
  const key = parsed(keyFile, (pem) => createPrivateKey(pem));
  if (!certificate.checkPrivateKey(key)) throw new Unusable(`${keyFile} is not the key of ${file}`);
  const names = certificate.subjectAltName ?? certificate.subject;
  if ((isIP(host) === 0 ? certificate.checkHost(host) : certificate.checkIP(host)) === undefined)
    throw new Unusable(`${file} is for ${names}, not for ${host} of [web] url: browsers will refuse it`);
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (now > to) throw new Unusable(`${file} has expired on ${certificate.validTo}: it must be renewed`);
  if (now < from)
    throw new Unusable(`${file} is not valid before ${certificate.validFrom}: is the clock of this host right?`);
  return `certificate for ${host} until ${new Date(to).toISOString().slice(0, 10)}`;
}

function parsed<T>(file: string, parse: (pem: Buffer) => T): T {
  try {
    return parse(readSmallFile(file, largest)?.bytes ?? Buffer.alloc(0));
  } catch (error) {
    const isSystem = error instanceof Error && 'syscall' in error;
    throw new Unusable(isSystem ? `${file} cannot be read: ${reasonOf(error)}` : `${file} is no PEM that can be used`, {
      cause: error,
    });
  }
}

/** Hosts inside may know other names than phones outside do. */
async function found(host: string): Promise<string> {
  try {
    return `its name is ${await addressOf(host, patience)} here`;
  } catch (error) {
    if (!(error instanceof Unusable)) throw error;
    return 'its name is not known to this host, and must be to the phones';
  }
}
