import { Command, Option } from 'commander';
import { OperatorError } from '../../errors.ts';
import { algorithms, type Algorithm } from '../../factor/oath.ts';
import { randomOctets } from '../../random.ts';
import type { Store } from '../../store/store.ts';
import { addToken, type NewToken } from '../../store/tokens.ts';
import type { Asker } from '../terminal/asker.ts';
import { withAsker } from '../terminal/with-asker.ts';
import { base32, grouped } from '../../base32.ts';
import type { CommonOptions } from '../common-options.ts';
import { keyUri } from '../../factor/key-uri.ts';
import { newChange } from '../new-change.ts';
import { wholeNumber } from '../terminal/paging.ts';
import { plainOption } from '../input/plain-option.ts';
import { note, print, printJson } from '../terminal/print.ts';
import { QrFile } from '../terminal/qr-file.ts';
import { readValidity, type ValidityOptions } from '../input/read-date.ts';
import { readKey } from '../input/read-key.ts';
import { askPin } from '../input/read-pin.ts';
import { shellWord } from '../terminal/shell-word.ts';
import { terminalQr } from '../terminal/terminal-qr.ts';
import { tokenName } from './name.ts';
import { userName } from '../user/name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions, ValidityOptions {
  readonly type: 'totp' | 'hotp';
  readonly name?: string;
  readonly secretStdin?: boolean;
  readonly pinStdin?: boolean;
  readonly algorithm: Algorithm;
  readonly digits: '6' | '7' | '8';
  readonly period?: '30' | '60';
  readonly counter?: number;
  readonly serial?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly qrFile?: string;
  readonly json?: boolean;
}

/** Octets of a key that radgate makes: as long as the hash gives (RFC 6238 §5.1). */
const madeSize = { sha1: 20, sha256: 32, sha512: 64 } as const;
const digitCounts = { '6': 6, '7': 7, '8': 8 } as const;

/** `radgate token add USER` */
export function tokenAddCommand(): Command {
  return new Command('add')
    .description('give a user a token: an authenticator app, or a device with a given secret')
    .argument('<user>', 'found as a login finds it')
    .addOption(
      new Option('--type <type>', 'totp: by the clock; hotp: by a counter').choices(['totp', 'hotp']).default('totp'),
    )
    .option('--name <name>', 'what to call it (default: "totp", "totp-2", ...)')
    .option('--secret-stdin', 'read its secret from standard input, in base32; it is active at once')
    .option('--pin-stdin', 'read a PIN that goes before its codes; the line after the secret')
    .addOption(new Option('--algorithm <hash>', 'many apps know sha1 only').choices([...algorithms]).default('sha1'))
    .addOption(new Option('--digits <number>', 'length of its codes').choices(['6', '7', '8']).default('6'))
    .addOption(new Option('--period <seconds>', 'totp: how long each code lasts (default: 30)').choices(['30', '60']))
    .option('--counter <number>', 'hotp: counter of its next code (default: 0)', wholeNumber(0, 999_999_999_999))
    .option('--serial <number>', 'as printed on the device')
    .option('--manufacturer <name>', 'who made it')
    .option('--model <name>', 'what it is')
    .option('--valid-from <date>', 'refuse its codes before, such as 2026-01-31')
    .option('--valid-until <date>', 'refuse its codes after')
    .addOption(
      new Option('--qr-file <file>', 'write the QR code to a new .svg or .png file').conflicts(['secretStdin']),
    )
    .option('--json', 'for programs')
    .action(async (user: string, _options: unknown, command: Command) => add(user, command.optsWithGlobals()));
}

async function add(typed: string, options: Options): Promise<void> {
  const { type, algorithm, secretStdin = false, pinStdin = false, period, counter } = options;
  if (type === 'totp' && counter !== undefined) throw new OperatorError('usage', '--counter is for --type hotp');
  if (type === 'hotp' && period !== undefined) throw new OperatorError('usage', '--period is for --type totp');
  const { from, until } = readValidity(options);
  const change = newChange('token add');
  const facts = {
    id: randomOctets(16).toString('hex'),
    user: userName(typed),
    name: options.name === undefined ? null : tokenName(options.name),
    type,
    algorithm,
    digits: digitCounts[options.digits],
    period: period === '60' ? 60 : 30,
    counter: counter ?? 0,
    serial: plainOption(options.serial ?? '', 'serial number'),
    manufacturer: plainOption(options.manufacturer ?? '', 'manufacturer'),
    model: plainOption(options.model ?? '', 'model'),
    validFrom: from ?? null,
    validUntil: until ?? null,
    state: secretStdin ? 'active' : 'pending',
    now: change.at,
    change,
  } as const;
  const given = await askSecrets(secretStdin, pinStdin);
  const token = { ...facts, key: given.key ?? randomOctets(madeSize[algorithm]), pin: given.pin };
  const { id, key, state, digits } = token;
  await withStore(options, async (store, config) => {
    const file = options.qrFile === undefined ? undefined : new QrFile(options.qrFile);
    const added = await addOrDiscard(store, token, file);
    const uriFacts = { type, key, algorithm, digits, period: token.period, counter: token.counter };
    const uri = keyUri({ issuer: config.totp.issuer, user: added.user, ...uriFacts });
    file?.write(uri);
    // A given secret is known to who gave it: it is not shown.
    const made = secretStdin ? undefined : { uri, key: base32(key) };
    if (options.json) printJson({ id, user: added.user, name: added.name, state, ...made });
    else if (made) printMade(added, made, options.qrFile);
    else print(`Added the token "${added.name}" of "${added.user}": it is active.`);
  });
}

async function addOrDiscard(store: Store, token: NewToken, file: QrFile | undefined): Promise<Added> {
  try {
    return await store.run(addToken, token);
  } catch (error) {
    file?.discard();
    throw error;
  }
}

interface Added {
  readonly user: string;
  readonly name: string;
}

function printMade(added: Added, { uri, key }: { uri: string; key: string }, file: string | undefined): void {
  print('Scan this with an authenticator app:', '');
  if (file !== undefined) print(`${file} (a QR code; remove the file afterwards: it holds the key)`, '');
  else if (process.stdout.isTTY) print(...terminalQr(uri), '');
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

/** Asks for what is given: the secret, then the PIN. */
async function askSecrets(secret: boolean, pin: boolean): Promise<{ key: Buffer | undefined; pin: string | null }> {
  if (!secret && !pin) return { key: undefined, pin: null };
  return withAsker(async (asker) => ({
    key: secret ? await givenKey(asker) : undefined,
    pin: pin ? await askPin(asker) : null,
  }));
}

async function givenKey(asker: Asker): Promise<Buffer> {
  const typed = await asker.ask({ prompt: 'Secret (base32): ', what: 'the secret', echo: false });
  const { key, warning } = readKey(typed.toString('latin1'));
  if (warning !== undefined) note(`radgate: ${warning}`);
  return key;
}
