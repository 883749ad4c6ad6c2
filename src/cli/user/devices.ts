import { Command, Option } from 'commander';
import { listDevices, revokeDevices } from '../../device/devices.ts';
import { OperatorError } from '../../errors.ts';
import type { FoldedName } from '../../policy/user-name.ts';
import type { CommonOptions } from '../common-options.ts';
import { plainOption } from '../input/plain-option.ts';
import { newChange } from '../new-change.ts';
import { formatTime, isoTime } from '../terminal/format-time.ts';
import { print, printJson } from '../terminal/print.ts';
import { shown } from '../terminal/shown.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { withStore } from '../with-store.ts';
import { userName } from './name.ts';

interface Options extends CommonOptions {
  readonly revoke?: string;
  readonly revokeAll?: boolean;
  readonly json?: boolean;
}

/** `radgate user devices NAME` */
export function userDevicesCommand(): Command {
  return new Command('devices')
    .description('list the phones that a user approves logins on, or revoke them; it works at once')
    .argument('<name>', 'found as a login finds it')
    .addOption(new Option('--revoke <device>', 'revoke this one').conflicts(['revokeAll', 'json']))
    .addOption(new Option('--revoke-all', 'revoke all of them').conflicts('json'))
    .option('--json', 'for programs')
    .action(async (name: string, _options: unknown, command: Command) => devices(name, command.optsWithGlobals()));
}

async function devices(typed: string, options: Options): Promise<void> {
  const user = userName(typed);
  if (options.revoke === undefined && !options.revokeAll) return list(user, options);
  const name = options.revoke === undefined ? null : plainOption(options.revoke, 'device');
  if (name === null && !options.revokeAll) throw new OperatorError('usage', 'say which one to revoke, or --revoke-all');
  const change = newChange('user devices');
  const done = await withStore(options, (store) => store.run(revokeDevices, { user, name, change }));
  print(
    name === null
      ? `Revoked ${done.revoked} phone(s) of "${shown(done.user)}".`
      : `Revoked the phone "${shown(name)}" of "${shown(done.user)}".`,
  );
}

async function list(name: FoldedName, options: Options): Promise<void> {
  const { user, devices: found } = await withStore(options, (store) => store.run(listDevices, name));
  if (options.json)
    return printJson({
      user,
      devices: found.map(({ name: device, created, lastUsed }) => ({
        name: device,
        created: isoTime(created),
        last_used: isoTime(lastUsed),
      })),
    });
  if (found.length === 0) return print(`"${shown(user)}" has no phone that was set up to approve.`);
  const rows = found.map(({ name: device, created, lastUsed }) => [
    shown(device),
    formatTime(created),
    formatTime(lastUsed),
  ]);
  print(...table(['device', 'added', 'last used'], rows, { width: outputWidth(), cut: [0] }));
}
