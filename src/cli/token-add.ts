import { Command, Option } from 'commander';
import { OperatorError } from '../errors.ts';
import { algorithms, type Algorithm } from '../factor/oath.ts';
import { printable } from '../packet/printable.ts';
import { randomOctets } from '../random.ts';
import { addToken } from '../store/tokens.ts';
import { withAsker } from './asker.ts';
import { base32, grouped } from './base32.ts';
import type { CommonOptions } from './common-options.ts';
import { keyUri } from './key-uri.ts';
import { note, print, printJson } from './print.ts';
import { readKey } from './read-key.ts';
import { shellWord } from './shell-word.ts';
import { terminalQr } from './terminal-qr.ts';
import { userName } from './user-name.ts';
import { withStore } from './with-store.ts';

interface Options extends CommonOptions {
  readonly name?: string;
  readonly secretStdin?: boolean;
  readonly algorithm: Algorithm;
  readonly digits: '6' | '8';
  readonly period: '30' | '60';
  readonly json?: boolean;
}

/** Octets of a key that radgate makes: as long as the hash gives (RFC 6238 §5.1). */
const madeSize = { sha1: 20, sha256: 32, sha512: 64 } as const;

/** `radgate token add USER` */
export function tokenAddCommand(): Command {
  return new Command('add')
    .description('give a user a token: an authenticator app, or a device with a given secret')
    .argument('<user>', 'found as a login finds it')
    .addOption(new Option('--type <type>', 'kind of token').choices(['totp']).default('totp'))
    .option('--name <name>', 'what to call it (default: "totp", "totp-2", ...)')
    .option('--secret-stdin', 'read its secret from standard input, in base32; it is active at once')
    .addOption(new Option('--algorithm <hash>', 'many apps know sha1 only').choices([...algorithms]).default('sha1'))
    .addOption(new Option('--digits <number>', 'length of its codes').choices(['6', '8']).default('6'))
    .addOption(new Option('--period <seconds>', 'how long each code lasts').choices(['30', '60']).default('30'))
    .option('--json', 'for programs')
    .action(async (user: string, _options: unknown, command: Command) => add(user, command.optsWithGlobals()));
}

async function add(typed: string, options: Options): Promise<void> {
  const { algorithm, secretStdin = false } = options;
  const digits = options.digits === '8' ? 8 : 6;
  const period = options.period === '60' ? 60 : 30;
  const user = userName(typed);
  const wanted = options.name === undefined ? null : tokenName(options.name);
  const key = secretStdin ? await givenKey() : randomOctets(madeSize[algorithm]);
  const state = secretStdin ? 'active' : 'pending';
  const id = randomOctets(16).toString('hex');
  await withStore(options, async (store, config) => {
    const token = { id, user, name: wanted, key, algorithm, digits, period, state, now: Date.now() } as const;
    const added = await store.run(addToken, token);
    const { issuer } = config.totp;
    // A given secret is known to who gave it: it is not shown.
    const made = secretStdin
      ? undefined
      : { uri: keyUri({ issuer, user: added.user, key, algorithm, digits, period }), key: base32(key) };
    if (options.json) printJson({ id, user: added.user, name: added.name, state, ...made });
    else if (made) printMade(added, made);
    else print(`Added the token "${added.name}" of "${added.user}": it is active.`);
  });
}

function printMade(added: { user: string; name: string }, { uri, key }: { uri: string; key: string }): void {
  print('Scan this with an authenticator app:', '');
  if (process.stdout.isTTY) print(...terminalQr(uri), '');
  print(uri, '', 'or type in this key:', '', ...keyLines(key), '');
  print(
    `The token "${added.name}" of "${added.user}" is pending until its first right code,`,
    'at the next login or with:',
    '',
    `  radgate token confirm ${shellWord(added.user)}`,
  );
}

/** The key in groups, at most ten of them a line. */
function keyLines(key: string): string[] {
  return grouped(key)
    .replaceAll(/(?:.{4} ){10}/g, '$&\n')
    .split('\n')
    .map((line) => `  ${line.trim()}`);
}

async function givenKey(): Promise<Buffer> {
  const typed = await withAsker((asker) => asker.ask({ prompt: 'Secret (base32): ', what: 'the secret', echo: false }));
  const { key, warning } = readKey(typed.toString('latin1'));
  if (warning !== undefined) note(`radgate: ${warning}`);
  return key;
}

function tokenName(typed: string): string {
  const name = typed.normalize('NFC').trim();
  if (name !== '' && name.length <= 64 && printable(Buffer.from(name)) === name) return name;
  throw new OperatorError('usage', '--name must have 1 to 64 characters that can be seen');
}
