import { isIP, BlockList } from 'node:net';
import { network, prefixOf } from '../../config/values/network.ts';
import { OperatorError } from '../../errors.ts';
import { fileLines, LineError } from '../input/file-lines.ts';

/** Networks of one file, at most: a large country has some 50,000. */
const most = 200_000;

/**
 * Tells whether an address is in none of the networks. What is no address (a MAC address, a name, nothing) is in none.
 * @param given addresses and CIDRs, or names of files that hold one a line
 * @throws OperatorError 'usage' if one can't be read
 */
export async function outsideOf(given: readonly string[]): Promise<(device: string | null) => boolean> {
  const inside = new BlockList();
  for (const each of given) {
    if (network.schema.safeParse(each).success) add(inside, each);
    else await addFile(inside, each);
  }
  return (device) => {
    const family = device === null ? 0 : isIP(device);
    return device === null || family === 0 || !inside.check(device, family === 4 ? 'ipv4' : 'ipv6');
  };
}

async function addFile(list: BlockList, file: string): Promise<void> {
  let line = 0;
  try {
    for await (const text of fileLines(file)) {
      line++;
      const cidr = text.replace(/#.*$/, '').trim();
      if (cidr === '') continue;
      if (line > most) throw new LineError(line, `there are more than ${most} lines`);
      if (!network.schema.safeParse(cidr).success) throw new LineError(line, 'this is no IP address and no CIDR');
      add(list, cidr);
    }
  } catch (error) {
    if (error instanceof LineError)
      throw new OperatorError('usage', `${file}:${error.line}: ${error.message}`, { cause: error });
    if (error instanceof Error && 'syscall' in error)
      throw new OperatorError(
        'usage',
        `--outside: ${file} is no network, and no file that can be read: ${error.message}`,
        {
          cause: error,
        },
      );
    throw error;
  }
}

function add(list: BlockList, cidr: string): void {
  const canonical = network.schema.parse(cidr);
  const { family, bits } = prefixOf(canonical);
  list.addSubnet(canonical.replace(/\/.*$/, ''), bits, family === 4 ? 'ipv4' : 'ipv6');
}
