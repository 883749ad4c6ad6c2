import { Command, Option } from 'commander';
import { systemClock } from '../../clock.ts';
import type { Config } from '../../config/schema.ts';
import { buildProvider, sendingRules } from '../../deliver/build-provider.ts';
import type { Provider, SendResult } from '../../deliver/channel.ts';
import { Circuit } from '../../deliver/circuit.ts';
import { textsOf } from '../../deliver/texts-of.ts';
import { renderMessage } from '../../deliver/render-message.ts';
import { sendInOrder, type Tried } from '../../deliver/send-in-order.ts';
import { Exit, OperatorError } from '../../errors.ts';
import { findTarget } from '../../factor/sent-target.ts';
import { sentMethods, type SentMethod } from '../../policy/sent-method.ts';
import { randomOctets } from '../../random.ts';
import { commandConfig } from '../command-config.ts';
import type { CommonOptions } from '../common-options.ts';
import { note, print } from '../terminal/print.ts';

interface Options extends CommonOptions {
  readonly channel?: SentMethod;
  readonly provider?: string;
  readonly language?: string;
}

/** A code that nobody can log in with: no login waits for it. */
const code = '0123456789';

/** `radgate deliver test TO` */
export function deliverTestCommand(): Command {
  return new Command('test')
    .description('send a test message, and say what went wrong if it did')
    .argument('<to>', 'a phone number such as +33612345678, or an e-mail address')
    .addOption(new Option('--channel <channel>', 'default: sms, or email to an address').choices(sentMethods))
    .option('--provider <name>', 'only this [[provider]], instead of all in their order')
    .option('--language <language>', 'of the message, instead of the default one')
    .action(async (to: string, _options: unknown, command: Command) => test(to, command.optsWithGlobals()));
}

async function test(to: string, options: Options): Promise<void> {
  const { config } = commandConfig(options);
  const method = options.channel ?? (to.includes('@') ? 'email' : 'sms');
  const target = targetOf(to, method, config);
  const message = messageOf(method, options.language ?? config.deliver.language, config);
  const providers = providersOf(method, options.provider, config);
  try {
    const id = randomOctets(16).toString('hex');
    const tried = await sendInOrder({
      id,
      method,
      envelope: { ...message, to: target.to, extension: target.extension },
      lines: providers.map((provider) => ({ provider, circuit: new Circuit() })),
      deadline: systemClock.monotonic() + config.deliver.lease,
      monotonic: () => systemClock.monotonic(),
      onTried: (each) => note(describe(each)),
    });
    conclude(tried);
  } finally {
    await Promise.all(providers.map(({ channel }) => channel.close()));
  }
}

function targetOf(
  typed: string,
  method: SentMethod,
  config: Config,
): { readonly to: string; readonly extension: string | null } {
  const given = method === 'email' ? { phones: [], emails: [typed] } : { phones: [typed], emails: [] };
  const target = findTarget(method, { store: given, directory: undefined }, ['store'], sendingRules(config));
  if (target.kind === 'target') return target;
  if (target.why === 'not-allowed')
    throw new OperatorError('refused', `no messages go to this number: see "allow" and "deny" in [deliver]`);
  const what =
    method === 'email'
      ? 'an e-mail address, such as alice@corp.example'
      : 'a number with its country code, such as +33612345678';
  throw new OperatorError('usage', `where a test message goes by ${method} must be ${what}`);
}

function messageOf(
  method: SentMethod,
  language: string,
  config: Config,
): { readonly text: string; readonly subject: string | null; readonly code: string; readonly language: string } {
  const all = textsOf(config);
  const texts = Object.hasOwn(all, language) ? all[language] : undefined;
  if (!texts)
    throw new OperatorError('usage', `there are no texts in "${language}"; there are ${Object.keys(all).join(', ')}`);
  const facts = { code, application: 'radgate (test)', lifetime: config.deliver.sms_timeout };
  return { ...renderMessage(method, texts.message, facts), code, language };
}

function providersOf(method: SentMethod, name: string | undefined, config: Config): Provider[] {
  const named = name === undefined ? config.provider : config.provider.filter((each) => each.name === name);
  if (name !== undefined && named.length === 0)
    throw new OperatorError(
      'usage',
      `there is no [[provider]] "${name}"; there are ${config.provider.map((each) => `"${each.name}"`).join(', ') || 'none'}`,
    );
  const able = named.filter(({ channel }) => channel.some((one) => one === method));
  if (able.length === 0)
    throw new OperatorError(
      'config-invalid',
      `no [[provider]]${name === undefined ? '' : ` "${name}"`} of this config has the channel "${method}"`,
    );
  return able.map((provider) =>
    buildProvider(provider, {
      clock: systemClock,
      // Its server hands them to the service then.
      onReceipt: () => Promise.reject(new Error('no receipts are taken here')),
      onText: () => Promise.reject(new Error('no answers are taken here')),
      onTrouble: () => undefined,
      pagesAt: undefined,
    }),
  );
}

function describe({ provider, result }: Tried): string {
  switch (result.kind) {
    case 'sent':
      return `${provider}: taken`;
    case 'refused':
      return `${provider}: refused: ${result.why}${result.permanent ? ' (it will never take this message)' : ''}`;
    case 'unsure':
      return `${provider}: unsure: ${result.why} (it may have been sent all the same)`;
  }
}

function conclude(tried: readonly Tried[]): void {
  const last = tried.at(-1);
  if (last?.result.kind === 'sent') {
    const { providerId } = last.result;
    print(`Sent by "${last.provider}"${providerId === null ? '' : ` as ${providerId}`}. Has it arrived?`);
    return;
  }
  for (const { provider, result } of tried) note(`  ${provider}: ${adviceOn(result)}`);
  const forGood = tried.length > 0 && tried.every(({ result }) => result.kind === 'refused' && result.permanent);
  print('Not sent.');
  process.exitCode = forGood ? Exit.refused : Exit.unavailable;
}

/** What can be done, by what was said. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/ECONNREFUSED/, 'the host is there and nothing listens on this port: is the address right?'],
  [/ENOTFOUND|EAI_AGAIN|EDNS/, 'its name cannot be looked up: is it spelt right, does DNS work here?'],
  [/no answer within/, 'a firewall on the way, a wrong port, or a slow provider: then raise its timeout.'],
  [
    /TLS|certificate/i,
    'see ca_file; for HTTP start radgate with NODE_EXTRA_CA_CERTS=FILE. Is the host name that of its certificate?',
  ],
  [
    /credentials|401|403|INVPASWD|INVSYSID|RBINDFAIL/,
    'look at its token, user name and password, and whether it allows the address of this host.',
  ],
  [/redirect/, 'write the address that it redirects to into url.'],
  [/fewer messages|THROTTLED|MSGQFUL/, 'wait a little, or ask it for a higher rate.'],
  [/sender|INVSRCADR|21606|21212/, 'the sender is not yours there, or not allowed in that country: see sender.'],
  [
    /not JSON|has no "|in its answer is|success_status/,
    'it answers otherwise than success_path, success_value and success_status expect.',
  ],
  [
    /number|INVDST|2121\d|2161\d/,
    'is the number right, can it be reached from there, is its country allowed in the account?',
  ],
];

function adviceOn(result: SendResult): string {
  const why = 'why' in result ? result.why : '';
  return (
    advice.find(([pattern]) => pattern.test(why))?.[1] ??
    'what it says is all there is to know; its own log may tell more.'
  );
}
