import { X509Certificate } from 'node:crypto';

const block = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const day = 86_400_000;

/** From how long before its end a certificate is told of, in days. */
const notice = 30;

/** `own`: the first certificate of the file is the one that is shown. `authorities`: any of them may be what counts. */
export type CertificateUse = 'own' | 'authorities';

/**
 * What an administrator should know of the end of the certificates in a file: undefined while there are more than 30 days.
 * Of authorities only the one that lasts longest is looked at: bundles have old ones in them.
 * @param pem one or more certificates @param now milliseconds since 1970 UTC
 */
export function certificateEnd(pem: string, use: CertificateUse, now: number): string | undefined {
  let ends: number[];
  try {
    ends = [...pem.matchAll(block)].map(([text]) => Date.parse(new X509Certificate(text).validTo));
  } catch {
    return 'has a certificate that cannot be read';
  }
  const [first] = ends;
  if (first === undefined) return 'has no certificate in PEM ("-----BEGIN CERTIFICATE-----")';
  const end = use === 'own' ? first : ends.reduce((a, b) => Math.max(a, b), first);
  const date = new Date(end).toISOString().slice(0, 10);
  if (end <= now) return `has ended on ${date}: renew it`;
  const days = Math.floor((end - now) / day);
  return days < notice ? `ends on ${date}, in ${days} days: renew it` : undefined;
}
