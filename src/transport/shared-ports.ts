import { OperatorError } from '../errors.ts';

/**
 * Whether several processes can serve one port, with all datagrams of one client port coming to the same of them, as duplicate detection needs it: Linux
 * does so for sockets with SO_REUSEPORT, which Node.js sets from 22.12 on. Its cluster module before that hands a client port's datagrams to one process after
 * the other.
 * @param version as process.versions.node
 * @throws OperatorError 'workers-unsupported'
 */
export function assertPortsCanBeShared(version: string, platform: NodeJS.Platform): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major > 22 || (major === 22 && minor >= 12);
  // 23.0 is older than 22.12.
  if (platform !== 'linux' || !isNew || (major === 23 && minor < 1))
    throw new OperatorError(
      'workers-unsupported',
      `"workers" in [listen] is more than 1, which Node.js ${version} on ${platform} can't do`,
    );
}
