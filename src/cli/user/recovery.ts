import { Command } from 'commander';
import { replaceRecoveryCodes } from '../../factor/recovery-codes.ts';
import { recoveryLength } from '../../factor/recovery.ts';
import { randomOctets } from '../../random.ts';
import { showUser } from '../../store/users.ts';
import { base32 } from '../../base32.ts';
import type { CommonOptions } from '../common-options.ts';
import { newChange } from '../new-change.ts';
import { note, print, printJson } from '../terminal/print.ts';
import { userName } from './name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly count?: boolean;
  readonly json?: boolean;
}

/** How many a user gets. */
const recoveryCount = 10;

/** `radgate user recovery NAME` */
export function userRecoveryCommand(): Command {
  return new Command('recovery')
    .description('make ten recovery codes, each good for one login, in place of all older ones; they are shown once')
    .argument('<name>', 'found as a login finds it')
    .option('--count', 'only say how many are left')
    .option('--json', 'for programs')
    .action(async (name: string, _options: unknown, command: Command) => recover(name, command.optsWithGlobals()));
}

async function recover(typed: string, options: Options): Promise<void> {
  const user = userName(typed);
  await withStore(options, async (store) => {
    if (options.count) {
      const { name, recoveryCodes } = await store.run(showUser, user);
      if (options.json) printJson({ user: name, left: recoveryCodes });
      else print(`"${name}" has ${recoveryCodes} recovery code(s) left.`);
      return;
    }
    const codes = Array.from({ length: recoveryCount }, newCode);
    const name = await store.run(replaceRecoveryCodes, { user, codes, change: newChange('user recovery') });
    const shown = codes.map((code) => `${code.slice(0, recoveryLength / 2)}-${code.slice(recoveryLength / 2)}`);
    if (options.json) printJson({ user: name, codes: shown });
    else {
      print(...shown);
      note(`Recovery codes of "${name}": each is good for one login. They are not shown again; older ones are void.`);
    }
  });
}

/** 50 random bits. */
function newCode(): string {
  return base32(randomOctets(7)).slice(0, recoveryLength);
}
