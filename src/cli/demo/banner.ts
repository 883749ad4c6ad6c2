import { keyUri } from '../../factor/key-uri.ts';
import { fromBase32, grouped } from '../../base32.ts';
import type { Demo } from './data.ts';
import type { Seeded } from './seed.ts';
import { shellWord } from '../terminal/shell-word.ts';
import { terminalQr } from '../terminal/terminal-qr.ts';

export interface Banner {
  readonly demo: Demo;
  readonly seeded: Seeded;
  readonly issuer: string;
  /** Where it listens, as HOST:PORT. */
  readonly listening: string;
  /** What `--data` named, if it was given. */
  readonly data: string | undefined;
  /** The file that has its secrets: named in their stead where no terminal shows them. */
  readonly file: string;
  /** Whether standard error is a terminal: else it could be kept in a log. */
  readonly secrets: boolean;
  /** Whether somebody can scan it off the screen. */
  readonly qr: boolean;
}

/** What a newcomer needs for a login within a minute, as lines of at most 80 columns. */
export function demoBanner({ demo, seeded, issuer, listening, data, file, secrets, qr }: Banner): string[] {
  const { name, password } = demo.user;
  const shown = (secret: string): string => (secrets ? secret : `(in ${file})`);
  const common = data === undefined ? '' : ` --data ${shellWord(data)}`;
  const server = listening === '127.0.0.1:1812' ? '' : ` --server ${listening}`;
  const key = seeded.token ? fromBase32(demo.token.key) : undefined;
  const uri =
    key && keyUri({ type: 'totp', issuer, user: name, key, algorithm: 'sha1', digits: 6, period: 30, counter: 0 });
  return [
    '',
    `radgate's demo: there is no radius.conf, so it runs for this machine alone.`,
    '',
    ...(uri !== undefined && qr
      ? ['Scan this with an authenticator app on your phone:', '', ...terminalQr(uri), '']
      : []),
    ...(uri === undefined ? [] : [`  OATH key        ${shown(grouped(demo.token.key))}`]),
    `  user            ${name}`,
    `  password        ${seeded.password ? shown(password) : '(the one that you have set)'}`,
    `  shared secret   ${shown(demo.secret)}`,
    `  listens on      ${listening} (UDP)`,
    '',
    'Log in from a second terminal:',
    '',
    `  npx radgate login ${name}${common}${server}`,
    '',
    ...(uri === undefined
      ? ['Its token was removed: "radgate token add" gives a new one.']
      : ['No phone at hand? This shows the code that it would show:', '', `  npx radgate demo code${common}`]),
    '',
    'For your own VPN: copy radius.conf.example to radius.conf, edit it, start again.',
    '',
  ];
}
