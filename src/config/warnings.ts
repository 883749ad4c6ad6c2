import { controlSocket } from '../control/control-socket.ts';
import { OperatorError } from '../errors.ts';
import type { Context } from './context.ts';
import { type Client, type Config, type LdapPrimary, type Provider, titleOf } from './schema.ts';
import { hasChannel } from './has-channel.ts';
import { policyWarnings } from './policy-warnings.ts';
import { prefixOf } from './values/network.ts';
import { isLocal } from './values/store-url.ts';

type Warn = Context['warn'];

/** Tells what the config allows beyond the safe defaults, and what in it can't work as it says. Said at every start. */
export function warnOf(config: Config, warn: Warn): void {
  sharedStore(config, warn);
  longSocket(config, warn);
  delivery(config, warn);
  noAnswers(config, warn);
  noAlerts(config, warn);
  openMetrics(config, warn);
  policyWarnings(config, warn);
  for (const key of ['prompt', 'prompt_again', 'prompt_used'] as const)
    if (!config.login[key].endsWith(': '))
      warn(
        ['login', key],
        `"${key}" in [login] doesn't end with ": "; PAM shows it as it is, right before what the user types`,
      );
  for (const [i, client] of config.client.entries()) {
    openings(client, i, warn);
    wideNetworks(client, i, warn);
    shortDeadline(config, client, i, warn);
    noApprovals(config, client, i, warn);
    noWayForCodes(client, i, warn);
  }
  for (const [i, { name, transport, server }] of config.siem.entries())
    if ((transport === 'tcp' || transport === 'udp') && server && !isLocal(server.host))
      warn(
        ['siem', i, 'transport'],
        `${titleOf('siem', name)} sends the audit in clear over ${transport.toUpperCase()}: transport = "tls" does not`,
      );
  for (const [i, primary] of config.primary.entries()) {
    if (primary.type === 'ldap') plaintext(primary, i, warn);
    if (primary.type === 'radius' && primary.message_authenticator === 'off')
      warn(
        ['primary', i, 'message_authenticator'],
        `${titleOf('primary', primary.name)} takes replies without Message-Authenticator: they can be forged on the way (CVE-2024-3596)`,
      );
    if (primary.type === 'local' && primary.keep !== 'hash')
      warn(['primary', i, 'keep'], `${titleOf('primary', primary.name)} keeps ${keeps[primary.keep]}`);
  }
}

function plaintext({ name, server, start_tls, allow_plaintext }: LdapPrimary, i: number, warn: Warn): void {
  const away = server.filter(({ scheme, host }) => scheme === 'ldap' && !isLocal(host)).map(({ host }) => host);
  if (!start_tls && allow_plaintext && away.length > 0)
    warn(
      ['primary', i, 'allow_plaintext'],
      `${titleOf('primary', name)} sends every password in clear to ${away.join(', ')} (allow_plaintext = true)`,
    );
}

const keeps = {
  'nt-hash':
    'the NT hash of each new password (keep = "nt-hash"): it is as good as the password, and whoever has the store and its key has it',
  password:
    'each new password itself (keep = "password"): whoever has the store and its key can read the passwords of all users',
} as const;

/** The service does without it: SIGHUP is left. */
function longSocket(config: Config, warn: Warn): void {
  try {
    controlSocket(config, config.listen.workers);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    warn(
      ['control', 'socket'],
      `${error.message}: without a shorter "socket" in [control], "radgate reload" and "radgate trace" do not reach the service`,
    );
  }
}

function sharedStore({ store: { url, waiting } }: Config, warn: Warn): void {
  if (url.driver !== 'postgres') return;
  if (url.sslmode !== 'verify-full' && !isLocal(url.host))
    warn(
      ['store', 'url'],
      `"url" in [store] doesn't make sure of the server (sslmode=${url.sslmode}): whoever is on the way to it can read and change the store; use sslmode=verify-full`,
    );
  if (waiting === 'memory')
    warn(
      ['store', 'waiting'],
      '"waiting" in [store] keeps logins in this process: a code that reaches another node on the same store is rejected',
    );
}

function delivery({ deliver, provider: providers }: Config, warn: Warn): void {
  const calls = providers.some(({ type, channel }) => type !== 'file' && channel.some((one) => one !== 'email'));
  if (calls && deliver.allow === undefined)
    warn(
      ['deliver', 'allow'],
      'texts and calls may go to every country, at your cost; list those of your users in [deliver] allow',
    );
  if (deliver.lab) warn(['deliver', 'lab'], '"lab" in [deliver] is true: codes may be written to files; for labs only');
  for (const [i, each] of providers.entries()) {
    const title = titleOf('provider', each.name);
    const plain =
      (each.type === 'http' &&
        each.url.startsWith('http:') &&
        !isLocal(new URL(each.url).hostname.replaceAll(/[[\]]/g, ''))) ||
      (each.type === 'smpp' && !each.tls && !isLocal(each.server.host)) ||
      (each.type === 'smtp' && each.tls === 'none' && !isLocal(each.server.host));
    const also = each.type === 'smpp' && each.answers ? ', and approve logins' : '';
    if (plain)
      warn(['provider', i, 'type'], `${title} sends codes without TLS: everyone on the way can read them${also}`);
    if (each.timeout > deliver.lease / 2)
      warn(
        ['provider', i, 'timeout'],
        `"timeout" in ${title} is over half of "lease" in [deliver]: when it hangs, little time is left for the next provider`,
      );
  }
}

function openings(client: Client, i: number, warn: Warn): void {
  const title = titleOf('client', client.name);
  if (client.message_authenticator === 'off')
    warn(
      ['client', i, 'message_authenticator'],
      `${title} may always send requests without Message-Authenticator: they can be forged on the way (CVE-2024-3596)`,
    );
  if (client.limit_proxy_state === false)
    warn(
      ['client', i, 'limit_proxy_state'],
      `${title} may send Proxy-State without Message-Authenticator, as the forgery of CVE-2024-3596 does`,
    );
  if (client.remember !== undefined)
    warn(
      ['client', i, 'remember'],
      `${title} lets a device in on the password alone for ${client.remember / 60_000} min after a second factor (remember)`,
    );
  if (client.application_passwords)
    warn(
      ['client', i, 'application_passwords'],
      `${title} lets application passwords in without a second factor and without asking its primary (application_passwords = true)`,
    );
  if (client.factor === 'if-enrolled')
    warn(
      ['client', i, 'factor'],
      `${title} lets users without a token in on their password alone (factor = "if-enrolled")`,
    );
  if (client.factor === 'none')
    warn(['client', i, 'factor'], `${title} lets everyone in on their password alone (factor = "none")`);
}

function openMetrics({ metrics: { listen } }: Config, warn: Warn): void {
  for (const [i, { host }] of (listen ?? []).entries())
    if (host === '0.0.0.0' || host === '::')
      warn(
        ['metrics', 'listen', i],
        '"listen" in [metrics] tells metrics and health to whoever reaches any address of this host: name loopback, or the address that monitoring asks',
      );
}

/** A report that nothing brings is in the log and the audit alone. */
function noAlerts(config: Config, warn: Warn): void {
  if (config.approval.alert !== undefined && !hasChannel(config, 'email'))
    warn(['approval', 'alert'], '"alert" in [approval] reaches nobody: no [[provider]] has the channel "email"');
}

/** Texts and calls ask for no answer that could not come in. */
function noAnswers({ provider: providers, web }: Config, warn: Warn): void {
  for (const [i, one] of providers.entries()) {
    const key = answersKey(one);
    if (key === undefined) continue;
    const names = ('sender' in one ? (one.sender ?? []) : []).filter(({ sender }) => !/^\+?[0-9]+$/.test(sender));
    const why = !web.listen
      ? 'no [web] listen takes its answers'
      : names.length > 0 && one.channel.some((each) => each === 'sms')
        ? `nobody can answer ${names.map(({ sender }) => `"${sender}"`).join(', ')}, which is no number`
        : key === 'answers_secret' && !one.channel.some((each) => each === 'sms')
          ? 'it sends no texts, and only those can be answered'
          : undefined;
    if (why !== undefined) warn(['provider', i, key], `${titleOf('provider', one.name)} has ${key}, but ${why}`);
  }
}

function answersKey(one: Provider): 'answers_token' | 'answers_secret' | 'answers' | undefined {
  if (one.type === 'twilio' && one.answers_token) return 'answers_token';
  if (one.type === 'smpp' && one.answers) return 'answers';
  return one.type === 'http' && one.answers_secret ? 'answers_secret' : undefined;
}

function noApprovals(config: Config, client: Client, i: number, warn: Warn): void {
  const wanted = client.passwordless ? 'passwordless' : client.approval === 'first' ? 'approval' : undefined;
  if (wanted === undefined || (config.web.listen && client.approval !== 'off')) return;
  const lack = client.approval === 'off' ? 'approval = "off"' : 'no [web] listen';
  warn(
    ['client', i, wanted],
    `${titleOf('client', client.name)} wants approvals, and none can be asked: ${lack}; see docs/approvals.md`,
  );
}

function noWayForCodes(client: Client, i: number, warn: Warn): void {
  if (client.challenge || client.append !== 'off' || client.passwordless || client.factor === 'none') return;
  warn(
    ['client', i, 'challenge'],
    `${titleOf('client', client.name)} can neither ask for a code (challenge = false) nor takes one with the password (append = "off"): only who can approve logs in; see docs/append.md`,
  );
}

function wideNetworks(client: Client, i: number, warn: Warn): void {
  for (const [item, network] of client.address.entries()) {
    const { family, bits } = prefixOf(network);
    const usual = family === 4 ? 16 : 48;
    if (bits < usual)
      warn(
        ['client', i, 'address', item],
        `${titleOf('client', client.name)} is every host in ${network}, wider than /${usual}: anyone there who learns the secret can ask`,
      );
  }
}

function shortDeadline(config: Config, client: Client, i: number, warn: Warn): void {
  const primary = config.primary.find(({ name }) => name === client.primary);
  if (primary?.type !== 'radius') return;
  const worst = primary.timeout * primary.tries * primary.server.length;
  if (worst > client.deadline)
    warn(
      ['client', i, 'deadline'],
      `all tries of ${titleOf('primary', primary.name)} may take ${worst / 1000} s (timeout * tries * servers), but ${titleOf('client', client.name)} waits ${client.deadline / 1000} s: tries will be shortened`,
    );
}
