import type { Context } from './context.ts';
import { hasChannel } from './has-channel.ts';
import { type Config, titleOf } from './schema.ts';

type Rule = Config['policy'][number];

/** What narrows a rule. */
const conditions = [
  'client',
  'primary',
  'user',
  'not_user',
  'group',
  'not_group',
  'network',
  'not_network',
  'protocol',
  'attribute',
  'enrolled',
  'days',
  'hours',
  'from',
  'until',
  'percent',
] as const satisfies readonly (keyof Rule)[];

/** Of those, the ones that say whom a rule is for. */
const whom = ['user', 'group'] as const;

/** Rules that open, and rules that can never hold. */
export function policyWarnings(config: Config, warn: Context['warn']): void {
  const { policy: policies, client: clients } = config;
  for (const [i, rule] of policies.entries()) {
    const title = titleOf('policy', rule.name);
    const doesOpen = rule.decision === 'allow' || rule.unenrolled === 'allow';
    if (doesOpen) {
      const narrowed = whom.some((key) => rule[key] !== undefined);
      const what = rule.decision === 'allow' ? 'lets in' : 'lets in users without a second factor';
      warn(
        ['policy', i, rule.decision === 'allow' ? 'decision' : 'unenrolled'],
        `${title} ${what} on the password alone${narrowed ? '' : ', and names no user and no group'}`,
      );
    }
    if (rule.decision === 'code-only')
      warn(
        ['policy', i, 'decision'],
        `${title} lets in on the code alone, without a password (decision = "code-only"): anybody who can reach its client may try codes, and lock users by it`,
      );
    if (rule.on_outage === 'allow')
      warn(
        ['policy', i, 'on_outage'],
        `${title} lets in on the password alone while nothing can be sent (on_outage = "allow"): also whoever brings that about, and has a password`,
      );
    const other = givesByGroup(rule) ? otherDirectory(config, rule) : undefined;
    if (other)
      warn(
        ['policy', i, rule.group ? 'group' : 'reply_by_group'],
        `${title} opens or gives by a group, and the groups of [[realm]] ${JSON.stringify(other.suffix)} are those of another directory (${JSON.stringify(other.primary)}), which may call one the same: say whose with "primary"`,
      );
    const missing = (rule.methods ?? []).filter((method) => !isBrought(config, method));
    if (missing.length > 0) {
      const all = missing.length === rule.methods?.length;
      warn(
        ['policy', i, 'methods'],
        `${title} asks for ${missing.map((method) => `"${method}"`).join(', ')}, and nothing brings that: ${[...new Set(missing.map((method) => lacks[method]))].join(', ')}${all ? '; nobody has any method that it takes' : ''}`,
      );
    }
    const before = policies.slice(0, i).find((earlier) => covers(earlier, rule));
    if (before)
      warn(
        ['policy', i, 'name'],
        `${title} never holds: whatever it holds for, ${titleOf('policy', before.name)} decides before`,
      );
    if (doesOpen && (rule.network || rule.not_network)) {
      const there = clients.filter(({ name }) => isAt(rule, name));
      if (!there.some((client) => client.trust_device_address))
        warn(
          ['policy', i, rule.network ? 'network' : 'not_network'],
          `${title} never opens: no client of it has trust_device_address = true`,
        );
    }
    addressesNotTold(config, i, warn);
    refusedAppPasswords(config, i, warn);
  }
}

/** Whether a rule lets in, or gives back, by the groups alone that somebody is in. */
function givesByGroup(rule: Rule): boolean {
  if (rule.primary || rule.user) return false;
  if (rule.reply_by_group) return true;
  const doesOpen = rule.decision === 'allow' || rule.unenrolled === 'allow' || rule.on_outage === 'allow';
  return rule.group !== undefined && (doesOpen || rule.reply !== undefined || rule.reply_add !== undefined);
}

/** A realm whose users come to a rule with groups of another directory than the users of the client: only directories tell groups. */
function otherDirectory({ realm: realms, client: clients, primary: primaries }: Config, rule: Rule) {
  const there = clients.filter(({ name }) => isAt(rule, name));
  return realms.find(
    ({ primary, client: only }) =>
      primaries.some(({ name, type }) => name === primary && type === 'ldap') &&
      there.some((client) => client.primary !== primary && (only?.includes(client.name) ?? true)),
  );
}

function isAt({ client }: Rule, name: string): boolean {
  return client?.includes(name) ?? true;
}

/** Whether it lets anyone in without a factor or without a password. */
function isOpening({ decision, unenrolled }: Rule): boolean {
  return decision === 'allow' || decision === 'code-only' || unenrolled === 'allow';
}

/** By an address a rule that asks or refuses misses who has none, and what comes after it may be less strict. */
function addressesNotTold({ policy: policies, client: clients }: Config, i: number, warn: Context['warn']): void {
  const rule = policies[i];
  if (!rule?.network || isOpening(rule)) return;
  const isLooserAfter =
    policies.slice(i + 1).some(isOpening) ||
    clients.some(({ name, factor }) => isAt(rule, name) && factor !== 'required');
  if (rule.decision !== 'deny' && !isLooserAfter) return;
  const what =
    rule.decision === 'deny' ? 'refuses nobody' : 'asks nobody, and what comes after it may let in without a factor,';
  warn(
    ['policy', i, 'network'],
    `${titleOf('policy', rule.name)} ${what} where the client does not tell the address of the device ("not_network" counts such users as outside)`,
  );
}

/** One that refuses by a group of a directory may hold for anyone who uses an application password, unless a rule before it is certain. */
function refusedAppPasswords(
  { policy: policies, client: clients, primary }: Config,
  i: number,
  warn: Context['warn'],
): void {
  const rule = policies[i];
  if (rule?.decision !== 'deny' || !primary.some(({ type }) => type === 'ldap')) return;
  if (!hasOnly(rule, 'client', 'group', 'not_group') || !(rule.group ?? rule.not_group)) return;
  const before = policies.slice(0, i).filter((one) => hasOnly(one, 'client'));
  const there = clients.filter(
    ({ name, application_passwords }) =>
      application_passwords && isAt(rule, name) && !before.some((one) => isAt(one, name)),
  );
  if (there.length === 0) return;
  warn(
    ['policy', i, rule.group ? 'group' : 'not_group'],
    `${titleOf('policy', rule.name)} refuses every application password at ${there.map(({ name }) => `"${name}"`).join(', ')}: no directory is asked for the groups of their users`,
  );
}

function hasOnly(rule: Rule, ...wanted: readonly (typeof conditions)[number][]): boolean {
  return conditions.every((key) => rule[key] === undefined || wanted.includes(key));
}

type Asked = NonNullable<Rule['methods']>[number];

/** What a method needs that is not there. */
const lacks: Readonly<Record<Asked, string>> = {
  app: '',
  approval: 'no [web] listen',
  sms: 'no [[provider]] with the channel "sms"',
  voice: 'no [[provider]] with the channel "voice"',
  email: 'no [[provider]] with the channel "email"',
};

function isBrought(config: Config, method: Asked): boolean {
  if (method === 'app') return true;
  return method === 'approval' ? config.web.listen !== undefined : hasChannel(config, method);
}

/** Whether all that a later rule holds for is an earlier one's, as far as their conditions show. One that opens may be uncertain, so it covers others that open. */
function covers(earlier: Rule, later: Rule): boolean {
  const set = conditions.filter((key) => earlier[key] !== undefined);
  const isTimed = (['days', 'hours', 'from', 'until'] as const).some((key) => earlier[key] !== undefined);
  if (isTimed && earlier.time_zone !== later.time_zone) return false;
  const doesOpen = earlier.decision === 'allow' || earlier.decision === 'code-only' || earlier.unenrolled === 'allow';
  // A client that is passwordless passes over it, and an unknown group or name leaves it open: only without conditions is it certain.
  if (doesOpen && set.length > 0)
    return earlier.decision === later.decision && set.every((key) => isWithin(earlier, later, key));
  if (doesOpen) return later.decision === 'allow';
  return set.every((key) => isWithin(earlier, later, key));
}

const lists = ['client', 'primary', 'user', 'group', 'network', 'protocol', 'days'] as const;

function isWithin(earlier: Rule, later: Rule, key: (typeof conditions)[number]): boolean {
  const [wide, narrow] = [earlier[key], later[key]];
  if (narrow === undefined) return false;
  if (key === 'percent') return (later.percent ?? 100) <= (earlier.percent ?? 100);
  if (key === 'until') return (later.until ?? '') <= (earlier.until ?? '');
  if (key === 'from') return (later.from ?? '') >= (earlier.from ?? '');
  if (lists.some((one) => one === key) && Array.isArray(wide) && Array.isArray(narrow))
    return narrow.every((item) => wide.includes(item));
  return JSON.stringify(wide) === JSON.stringify(narrow);
}
