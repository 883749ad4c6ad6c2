import { Command } from 'commander';
import { reportEnrolment, type UserEnrolment } from '../../enrol/report-enrolment.ts';
import { hasChannel } from '../../config/has-channel.ts';
import type { CommonOptions } from '../common-options.ts';
import { csvLine } from '../terminal/csv-line.ts';
import { isoTime } from '../terminal/format-time.ts';
import { localTime } from '../terminal/local-time.ts';
import { note, print, printJson } from '../terminal/print.ts';
import { formatOptions, type FormatOptions } from './options.ts';
import { shown } from '../terminal/shown.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions, FormatOptions {
  readonly group?: string;
  readonly missing?: boolean;
}

/** Users that are read at once. */
const page = 500;

/** `radgate report enrolment` */
export function reportEnrolmentCommand(): Command {
  const [json, csv] = formatOptions();
  return new Command('enrolment')
    .description('tell who has which second factor, who has none, and whose link is open')
    .option('--group <name>', 'only members of this group')
    .option('--missing', 'only those who have no second factor')
    .addOption(json)
    .addOption(csv)
    .action(async (_options: unknown, command: Command) => report(command.optsWithGlobals()));
}

async function report({ group, missing = false, json, csv, ...common }: Options): Promise<void> {
  const users: UserEnrolment[] = [];
  const phones = await withStore(common, async (store, config) => {
    const sends = hasChannel(config, 'sms', 'voice');
    for (let after: UserEnrolment | null = null; ;) {
      const read: readonly UserEnrolment[] = await store.run(reportEnrolment, {
        group: group ?? null,
        missing,
        phones: sends,
        after,
        limit: page,
      });
      users.push(...read);
      after = read.at(-1) ?? null;
      if (after === null) return sends;
    }
  });
  const now = Date.now();
  const rows = users.map((user) => ({ user, ...standing(user, phones, now) }));
  if (json) return printJson({ users: rows.map(({ user, has, link }) => jsonOf(user, has, link)) });
  if (csv)
    return print(
      'user,disabled,has,link,link_until',
      ...rows.map(({ user, has, link }) =>
        csvLine([
          user.name,
          user.disabled ? 'yes' : 'no',
          has.join(';'),
          link,
          user.link === null ? null : isoTime(user.link.expires),
        ]),
      ),
    );
  if (rows.length === 0) return print(missing ? 'Nobody is without a second factor.' : 'There are no users.');
  const cells = rows.map(({ user, has, link }) => [
    shown(user.name),
    user.disabled ? 'disabled' : '',
    has.join(', ') || 'nothing',
    user.link !== null && link === 'open' ? `open until ${localTime(user.link.expires)}` : link,
  ]);
  print(...table(['user', '', 'has', 'link'], cells, { width: outputWidth(), cut: [0] }));
  const without = rows.filter(({ has }) => has.length === 0).length;
  note(`${rows.length} user(s), ${without} without a second factor.`);
}

interface Standing {
  readonly has: readonly string[];
  readonly link: 'none' | 'open' | 'used' | 'expired';
}

function standing(
  { active, devices, phone, recoveryCodes, link }: UserEnrolment,
  phones: boolean,
  now: number,
): Standing {
  const has = [
    ...(active > 0 ? [active === 1 ? 'token' : `${active} tokens`] : []),
    ...(devices > 0 ? [devices === 1 ? 'phone page' : `${devices} phone pages`] : []),
    ...(phone && phones ? ['phone'] : []),
    ...(recoveryCodes > 0 ? ['recovery codes'] : []),
  ];
  if (link === null) return { has, link: 'none' };
  if (link.used !== null) return { has, link: 'used' };
  return { has, link: link.expires > now ? 'open' : 'expired' };
}

/** A user as `--json` shows it: a contract with scripts, see docs/command-line.md. */
function jsonOf(user: UserEnrolment, has: readonly string[], link: Standing['link']): object {
  const { name, disabled, active, pending, devices, recoveryCodes, phone, email } = user;
  return {
    user: name,
    disabled,
    has,
    tokens: active,
    pending,
    devices,
    recovery_codes: recoveryCodes,
    phone,
    email,
    link,
    link_until: user.link === null ? null : isoTime(user.link.expires),
  };
}
