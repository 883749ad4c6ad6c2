import { Command } from 'commander';
import type { CommonOptions } from '../common-options.ts';
import { NewFile } from '../input/new-file.ts';
import { print } from '../terminal/print.ts';
import { outputWidth } from '../terminal/table.ts';
import { wrap } from '../terminal/wrap.ts';
import { collect, type Bundle } from './collect.ts';

interface Options extends CommonOptions {
  readonly output?: string;
  readonly withoutNames?: boolean;
}

/** `radgate support-bundle` */
export function supportBundleCommand(): Command {
  return new Command('support-bundle')
    .description('collect what helps to find a fault into one file, without secrets')
    .option('--output <file>', 'a new file; nothing is overwritten (default: radgate-support-TIME.json)')
    .option('--without-names', 'put others in place of the names of users and administrators')
    .action(async (_options: unknown, command: Command) => make(command.optsWithGlobals()));
}

async function make(options: Options): Promise<void> {
  const file = options.output ?? `radgate-support-${new Date().toISOString().replaceAll(/[-:]|\..*/g, '')}.json`;
  const names = options.withoutNames !== true;
  const output = new NewFile(file);
  try {
    const bundle = await collect(options, names);
    output.write(`${JSON.stringify(bundle, null, 2)}\n`);
    output.finish();
    print(...told(bundle, output.path, names).flatMap((line) => wrap(line, outputWidth())));
  } catch (error) {
    output.discard();
    throw error;
  }
}

function told({ audit, check, health, store }: Bundle, path: string, names: boolean): string[] {
  const rows = Array.isArray(audit)
    ? `the last ${audit.length} rows of the audit`
    : `no rows of the audit (${String(audit)})`;
  const missing = [check, ...[health].flat(), store].filter((part) => typeof part === 'string');
  return [
    `Wrote ${path}, for its owner alone. It is text: read it before you hand it on.`,
    '',
    `In it: versions of radgate, Node.js and the system; the config; what "radgate check" says; the health of the service; counts and size of the store; ${rows}.`,
    ...missing.map((why) => `Missing: ${why}.`),
    'Not in it: shared secrets, passwords, tokens and keys, URLs beyond the host and templates of providers, values of reply attributes, phone numbers and e-mail addresses of users, names that were typed and that no user has, the log ("journalctl -u radgate -o cat -n 500" shows it, with names).',
    names
      ? 'Names of users, their devices and administrators are in it; --without-names puts others in their place.'
      : 'Names of users, their devices and administrators have others in their place, the same for the same.',
  ];
}
