import { Command } from 'commander';
import { showApprovalState } from '../../approval/approval-state.ts';
import { lockoutRules } from '../../build/rules.ts';
import { goesOn } from '../../policy/goes-on.ts';
import type { LockoutRules } from '../../policy/lockout.ts';
import type { Keep } from '../../store/kept-password.ts';
import type { TokenSummary } from '../../store/tokens.ts';
import { showUser, type UserSummary } from '../../store/users.ts';
import type { CommonOptions } from '../common-options.ts';
import { formatTime, isoTime } from '../terminal/format-time.ts';
import { keepOf } from './keep-of.ts';
import { print, printJson } from '../terminal/print.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { tokenState } from '../token/state.ts';
import { userJson } from './json.ts';
import { userName } from './name.ts';
import { bypassNow, pauseNow, userState } from './state.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly json?: boolean;
}

/** `radgate user show NAME` */
export function userShowCommand(): Command {
  return new Command('show')
    .description('all about one user, but no secrets')
    .argument('<name>', 'found as a login finds it')
    .option('--json', 'for programs')
    .action(async (name: string, _options: unknown, command: Command) => show(name, command.optsWithGlobals()));
}

async function show(name: string, options: Options): Promise<void> {
  const folded = userName(name);
  await withStore(options, async (store, config) => {
    const { limit, block } = config.approval;
    const rules = lockoutRules(config);
    const user = await store.run(showUser, folded);
    const now = Date.now();
    const { unanswered, blockedUntil } = await store.run(showApprovalState, user.id);
    const blocked = goesOn(blockedUntil, block, now) ? blockedUntil : null;
    if (options.json)
      printJson({ ...userJson(user, rules, now), approvals: { unanswered, blocked_until: isoTime(blocked) } });
    else print(...describe(user, rules, now, keepOf(config), approvalLine(unanswered, limit, blocked)));
  });
}

/** Whether the user is asked to approve logins. */
function approvalLine(unanswered: number, limit: number, blocked: number | null): string {
  if (blocked !== null) return `none until ${formatTime(blocked)}: the user reported a login ("radgate user unlock")`;
  if (unanswered >= limit) return `none until a login succeeds: ${unanswered} unanswered ("radgate user unlock")`;
  return unanswered === 0 ? 'none unanswered' : `${unanswered} of ${limit} unanswered`;
}

function describe(user: UserSummary, rules: LockoutRules, now: number, keep: Keep, approvals: string): string[] {
  const pause = pauseNow(user, rules, now);
  const bypass = bypassNow(user, now);
  const facts = [
    ['Name', user.name],
    ['Other names', user.aliases.join(', ') || '-'],
    ['Person', [user.firstName, user.lastName].filter((part) => part !== null).join(' ') || '-'],
    ['Groups', user.groups.join(', ') || '-'],
    ['State', userState(user, rules, now)],
    [
      'Wrong codes',
      `${user.failures} of ${rules.failures}${pause === null ? '' : `, paused until ${formatTime(pause)}`}`,
    ],
    ['Approvals', approvals],
    ['Methods', methodsOf(user, now).join(', ') || 'none'],
    ['Recovery codes', user.recoveryCodes === 0 ? 'none' : `${user.recoveryCodes} left`],
    ['App passwords', user.appPasswords === 0 ? 'none' : `${user.appPasswords} ("radgate user app-password list")`],
    ['Bypass', bypass ? `once until ${formatTime(bypass.validUntil)}: ${bypass.reason}` : 'none'],
    ['Local password', user.hasPassword ? 'yes' : 'no'],
    ['Local CHAP', answers(user, ['password'], keep === 'password')],
    ['Local MS-CHAPv2', answers(user, ['password', 'nt-hash'], keep !== 'hash')],
    ['Phone', user.phone ?? '-'],
    ['E-mail', user.email ?? '-'],
    ['Language', user.language ?? '-'],
    ['Asked first by', user.preferredWay ?? '-'],
    ['Added', formatTime(user.created)],
    ['Last login', formatTime(user.lastLogin)],
    ['Tokens', user.tokens.length === 0 ? 'none' : String(user.tokens.length)],
  ];
  return [
    ...facts.map(([label = '', value]) => `${label.padEnd(15)} ${value}`),
    ...(user.tokens.length === 0 ? [] : ['', ...tokenTable(user.tokens, now)]),
  ];
}

/** Whether radgate can check the user's answers to challenges. @param by what has to be kept, one of them @param enabled whether the config uses it */
function answers({ hasPassword, keptPassword }: UserSummary, by: readonly (string | null)[], enabled: boolean): string {
  if (!hasPassword) return 'no';
  const isKept = by.includes(keptPassword);
  if (!enabled) return isKept ? 'no (what it needs is kept until the password is set anew)' : 'no';
  return isKept ? 'yes' : 'no (not before the password is set anew)';
}

function tokenTable(tokens: readonly TokenSummary[], now: number): string[] {
  const rows = tokens.map((token) => [
    token.name,
    token.serial ?? '-',
    token.type,
    tokenState(token, now),
    position(token),
    formatTime(token.lastUsed),
  ]);
  return table(['token', 'serial', 'type', 'state', 'clock', 'last used'], rows, { width: outputWidth(), cut: [0, 1] });
}

/** How far the token's clock or counter is. */
function position({ type, drift, period, counter, lastUsed }: TokenSummary): string {
  if (type === 'hotp') return `next counter ${counter}`;
  if (drift === 0) return lastUsed === null ? '-' : '0 s';
  return `${Math.abs(drift) * period} s ${drift > 0 ? 'ahead' : 'behind'}`;
}

/** What the user can prove himself with now. */
function methodsOf({ tokens, recoveryCodes }: UserSummary, now: number): string[] {
  const usable = tokens.filter((token) => ['active', 'pending'].includes(tokenState(token, now)));
  const types = new Set(usable.map(({ type }) => type));
  return [...types, ...(recoveryCodes > 0 ? ['recovery'] : [])];
}
