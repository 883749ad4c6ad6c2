import { readSmallFile, reasonOf } from './read-file.ts';
import { OperatorError } from '../errors.ts';

/** No file of certificates is larger, in octets. */
const largest = 1024 * 1024;

/** The certificates of authorities that a `ca_file` names, in PEM; undefined for none. @throws OperatorError 'ca-unreadable' */
export function authority(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  let pem: string | undefined;
  try {
    pem = readSmallFile(file, largest)?.bytes.toString();
  } catch (error) {
    throw new OperatorError('ca-unreadable', `${file} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  if (pem?.includes('-----BEGIN CERTIFICATE-----')) return pem;
  const why = pem === undefined ? 'is too large for certificates' : 'has no certificate in PEM';
  throw new OperatorError('ca-unreadable', `${file} ${why}`);
}
