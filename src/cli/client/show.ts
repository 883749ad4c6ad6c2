import { Command } from 'commander';
import type { Habits } from '../../nas/habits.ts';
import { OperatorError } from '../../errors.ts';
import { givesUpAfter, type Proposal } from '../../policy/propose.ts';
import { formatTime } from '../terminal/format-time.ts';
import { print, printJson } from '../terminal/print.ts';
import { shown } from '../terminal/shown.ts';
import { wrap } from '../terminal/wrap.ts';
import { withExistingStore } from '../with-existing-store.ts';
import { clientJson, daysOption, seenClients, type ClientOptions, type SeenClient } from './seen.ts';

const width = 80;
/** Columns before what is told of each thing. */
const indent = 12;

/** `radgate client show NAME` */
export function clientShowCommand(): Command {
  return new Command('show')
    .description('show what a client was seen to do, and settings that would fit')
    .argument('<name>', 'as its [[client]] has it')
    .addOption(daysOption())
    .option('--json', 'for programs')
    .action(async (name: string, _options: unknown, command: Command) => show(name, command.optsWithGlobals()));
}

async function show(name: string, options: ClientOptions): Promise<void> {
  const found = await withExistingStore(options, async (store, config) => {
    if (!config.client.some((client) => client.name === name))
      throw new OperatorError('usage', `there is no [[client]] ${JSON.stringify(name)} in the config`);
    return (await seenClients(store, config, options.days, Date.now())).find(({ client }) => client.name === name);
  });
  if (!found) return;
  if (options.json) return printJson({ days: options.days, ...clientJson(found) });
  print(...clientLines(found, options.days));
}

function clientLines({ client, habits, proposals }: SeenClient, days: number): string[] {
  const { deadline, profile, address } = client;
  return [
    ...told(
      'client',
      `${shown(client.name)}, ${address.join(', ')}; profile ${profile}, deadline ${seconds(deadline)}`,
    ),
    ...told('seen', seenText(habits, days)),
    ...(habits.requests === 0 ? [] : habitLines(habits)),
    '',
    ...(proposals.length === 0 ? told('proposes', 'nothing') : proposals.flatMap(proposalLines)),
  ];
}

function seenText({ requests, lastAt }: Habits, days: number): string {
  const period = days === 1 ? 'today' : `in ${days} days`;
  if (requests === 0) return `no request ${period}`;
  return `${requests} requests ${period}, the last at ${formatTime(lastAt)}`;
}

function habitLines(habits: Habits): string[] {
  const { signed, unsigned, proxied, challenges, answers } = habits;
  return [
    ...told('signed', `${signed} of ${signed + unsigned} that need no Message-Authenticator had one`),
    ...told('proxied', proxied === 0 ? 'no Proxy-State' : `${proxied} with Proxy-State`),
    ...told('prompts', challenges === 0 ? 'none was shown' : `${challenges} shown, ${answers} answers came`),
    ...told('copies', copiesText(habits)),
    ...told('waits', waitText(habits)),
  ];
}

function copiesText({ copies, lateCopies, mostCopies, gaps, longestGap }: Habits): string {
  if (copies === 0) return 'it sent no request again';
  const mean = seconds(gaps / copies);
  const late = lateCopies === 0 ? '' : `; ${lateCopies} after the reply had left, so replies get lost or come late`;
  return `${copies}, up to ${mostCopies} of one request, ${mean} apart on average and ${seconds(longestGap)} at most${late}`;
}

function waitText(habits: Habits): string {
  const { longestWait, longestOpen } = habits;
  const end = givesUpAfter(habits);
  if (end !== undefined) return `gives up after some ${seconds(end)}`;
  if (longestWait > 0) return `${seconds(longestWait)} at least`;
  return `not known: no request was sent again, the longest took ${seconds(longestOpen)}`;
}

function proposalLines({ key, value, why }: Proposal, i: number): string[] {
  const title = i === 0 ? 'proposes' : '';
  if (key === null) return told(title, why);
  return [...told(title, `${key} = ${JSON.stringify(value)}`), ...told('', why)];
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

function told(what: string, text: string): string[] {
  return wrap(text, width - indent).map((line, i) => `${(i === 0 ? what : '').padEnd(indent)}${line}`.trimEnd());
}
