import { Command } from 'commander';
import { reportEnrolment, type UserEnrolment } from '../../enrol/report-enrolment.ts';
import { hasChannel } from '../../config/has-channel.ts';
import type { CommonOptions } from '../common-options.ts';
import { csvLine } from '../terminal/csv-line.ts';
import { isoTime } from '../terminal/format-time.ts';
import { localTime } from '../terminal/local-time.ts';
import { note, print, printAll, printJson } from '../terminal/print.ts';
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
    .option('--missing', 'only those who have no app, token, phone or number in use')
    .addOption(json)
    .addOption(csv)
    .action(async (_options: unknown, command: Command) => report(command.optsWithGlobals()));
}

async function report({ group, missing = false, json, csv, ...common }: Options): Promise<void> {
  const users: UserEnrolment[] = [];
  const now = Date.now();
  const sends = await withStore(common, async (store, config) => {
    const carriers = { phones: hasChannel(config, 'sms', 'voice'), mails: hasChannel(config, 'email') };
    for (let after: UserEnrolment | null = null; ;) {
      const read: readonly UserEnrolment[] = await store.run(reportEnrolment, {
        group: group ?? null,
        missing,
        phones: carriers.phones,
        after,
        limit: page,
        now,
      });
      users.push(...read);
      after = read.at(-1) ?? null;
      if (after === null) return carriers;
    }
  });
  const rows = users.map((user) => ({ user, ...standing(user, sends, now) }));
  if (json) return printJson({ users: rows.map(({ user, has, link }) => jsonOf(user, has, link)) });
  if (csv)
    return printAll([
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
    ]);
  if (rows.length === 0) return print(missing ? 'Everyone has a second factor in use.' : 'There are no users.');
  const cells = rows.map(({ user, has, link }) => [
    shown(user.name),
    user.disabled ? 'disabled' : '',
    has.join(', ') || 'nothing',
    user.link !== null && link === 'open' ? `open until ${localTime(user.link.expires)}` : link,
  ]);
  printAll(table(['user', '', 'has', 'link'], cells, { width: outputWidth(), cut: [0] }));
  const without = rows.filter(({ has }) => has.length === 0).length;
  note(`${rows.length} user(s), ${without} without any second factor.`);
}

interface Standing {
  readonly has: readonly string[];
  readonly link: 'none' | 'open' | 'used' | 'expired';
}

/** Who has nothing at all is not enrolled, as of Identity. @param sends what codes can be sent by */
function standing(
  { active, pending, unusable, devices, phone, email, recoveryCodes, usedRecoveryCodes, link }: UserEnrolment,
  sends: { readonly phones: boolean; readonly mails: boolean },
  now: number,
): Standing {
  const counted = (count: number, one: string): string[] =>
    count === 0 ? [] : [count === 1 ? one : `${count} ${one}s`];
  const has = [
    ...counted(active, 'token'),
    ...counted(pending, 'pending token'),
    ...counted(unusable, 'unusable token'),
    ...counted(devices, 'phone page'),
    ...(phone && sends.phones ? ['phone'] : []),
    ...(email && sends.mails ? ['e-mail'] : []),
    ...(recoveryCodes > 0 ? ['recovery codes'] : usedRecoveryCodes > 0 ? ['used recovery codes'] : []),
  ];
  if (link === null) return { has, link: 'none' };
  if (link.used !== null) return { has, link: 'used' };
  return { has, link: link.expires > now ? 'open' : 'expired' };
}

/** A user as `--json` shows it: a contract with scripts, see docs/command-line.md. */
function jsonOf(user: UserEnrolment, has: readonly string[], link: Standing['link']): object {
  const { name, disabled, active, pending, unusable, devices, recoveryCodes, phone, email } = user;
  return {
    user: name,
    disabled,
    enrolled: has.length > 0,
    has,
    tokens: active,
    pending,
    unusable,
    devices,
    recovery_codes: recoveryCodes,
    phone,
    email,
    link,
    link_until: user.link === null ? null : isoTime(user.link.expires),
  };
}
