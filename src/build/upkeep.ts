import { readSmallFile, reasonOf } from '../config/read-file.ts';
import { type Config, titleOf } from '../config/schema.ts';
import { type CertificateUse, certificateEnd } from '../observe/certificate-end.ts';
import { nodeEndOfLife } from '../observe/node-end-of-life.ts';

/** No file of certificates is larger, in octets. */
const largest = 1024 * 1024;

/**
 * What will hurt unless somebody sees to it: certificates near their end, a Node without security fixes. Empty if all is well.
 * @param node as process.version @param now milliseconds since 1970 UTC
 */
export function upkeepWarnings(config: Config, node: string, now: number): string[] {
  const ended = nodeEndOfLife(node, now);
  return [...(ended === undefined ? [] : [ended]), ...certificates(config, now)];
}

function certificates(config: Config, now: number): string[] {
  const told: string[] = [];
  const look = (what: string, file: string | undefined, use: CertificateUse): void => {
    const why = file === undefined ? undefined : endOf(file, use, now);
    if (why !== undefined) told.push(`the certificate of ${what}, ${file}, ${why}`);
  };
  if (config.web.listen) look('[web]', config.web.certificate, 'own');
  for (const section of ['primary', 'provider', 'siem'] as const)
    for (const row of config[section])
      if ('ca_file' in row) look(titleOf(section, row.name), row.ca_file, 'authorities');
  return told;
}

function endOf(file: string, use: CertificateUse, now: number): string | undefined {
  try {
    const read = readSmallFile(file, largest);
    return read ? certificateEnd(read.bytes.toString(), use, now) : 'is too large';
  } catch (error) {
    return `cannot be read: ${reasonOf(error)}`;
  }
}
