import { ConfigError } from '../config/problem.ts';
import { readSmallFile, reasonOf } from '../config/read-file.ts';

/** No file of certificates is larger, in octets. */
const largest = 1024 * 1024;

/** The certificates of authorities that a `ca_file` names; undefined for none. @throws ConfigError if they can't be read */
export function authority(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const refuse = (message: string): never => {
    throw new ConfigError([{ file, line: 1, message }]);
  };
  try {
    return readSmallFile(file, largest)?.bytes.toString() ?? refuse('this file is too large for certificates');
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    return refuse(`cannot read this file, which a ca_file names: ${reasonOf(error)}`);
  }
}
