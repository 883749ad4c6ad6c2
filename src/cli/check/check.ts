import { Command } from 'commander';
import { upkeepFacts, upkeepWarnings } from '../../build/upkeep.ts';
import { systemClock } from '../../clock.ts';
import { ConfigError, formatProblem } from '../../config/problem.ts';
import type { Config } from '../../config/schema.ts';
import { textsOf } from '../../deliver/texts-of.ts';
import { Exit, OperatorError } from '../../errors.ts';
import { printable } from '../../packet/printable.ts';
import type { Described } from '../../primary/ldap/ldap.ts';
import { assertPortsCanBeShared } from '../../transport/shared-ports.ts';
import type { Checked } from './checked.ts';
import { checkConnections, type Connections } from './connections.ts';
import { commandConfig, type CommandConfig } from '../command-config.ts';
import type { CommonOptions } from '../common-options.ts';
import { hostPort } from '../input/host-port.ts';
import { print, printJson } from '../terminal/print.ts';
import { storePlace } from '../store/place.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { wrap } from '../terminal/wrap.ts';

interface Options extends CommonOptions {
  readonly connect?: boolean;
  readonly user?: string;
  readonly json?: boolean;
}

/** Columns before what was checked. */
const indent = 8;

/** `radgate check` */
export function checkCommand(): Command {
  return new Command('check')
    .description('tell every mistake in the config with its line')
    .option(
      '--connect',
      'also try the store, the servers of each [[primary]], [[provider]] and [[siem]], and the certificate of [web]',
    )
    .option('--user <name>', 'with --connect: also show what each directory knows of a user')
    .option('--json', 'for programs')
    .action(async (_options: unknown, command: Command) => check(command.optsWithGlobals()));
}

async function check(options: Options): Promise<void> {
  if (options.user !== undefined && !options.connect) throw new OperatorError('usage', '--user goes with --connect');
  const found = load(options);
  if (!found) return;
  const told = upkeepWarnings(found.config, await upkeepFacts(() => systemClock.wall()));
  const upkeep = told.map(({ message }) => message);
  if (!options.json) printSummary(found, upkeep);
  const connections = options.connect ? await checkConnections(found.config, options.user) : undefined;
  if (options.json)
    printJson({ ok: connections?.ok ?? true, ...summaryJson(found), upkeep, ...connectionsJson(connections) });
  else if (connections) printConnections(connections);
  if (connections && !connections.ok) process.exitCode = Exit.unavailable;
}

/** The config, or undefined once its errors are told as JSON. @throws ConfigError where they are for people */
function load(options: Options): CommandConfig | undefined {
  try {
    const found = commandConfig(options);
    textsOf(found.config);
    if (found.config.listen.workers > 1) assertPortsCanBeShared(process.versions.node, process.platform);
    return found;
  } catch (error) {
    if (!(error instanceof ConfigError) || !options.json) throw error;
    printJson({ ok: false, problems: error.problems });
    process.exitCode = error.exit;
    return undefined;
  }
}

function printSummary({ file, config, warnings }: CommandConfig, upkeep: readonly string[]): void {
  const { listen, store, client: clients, primary: primaries } = config;
  for (const { message, ...place } of warnings) print(formatProblem({ ...place, message: `warning: ${message}` }));
  for (const told of upkeep) print(...wrap(`warning: ${told}`, outputWidth()));
  print(file === undefined ? 'There is no radius.conf: this is the demo.' : `${file} is good.`, '');
  print(`Listens on  ${listen.auth.map(hostPort).join(', ')}`, `Store       ${storePlace(store.url)}`, '');
  const clientRows = clients.map(({ name, address, primary, factor }) => [name, address.join(', '), primary, factor]);
  const primaryRows = primaries.map((primary) => [primary.name, primary.type, serversOf(primary).join(', ')]);
  const width = outputWidth();
  print(...table(['client', 'address', 'primary', 'factor'], clientRows, { width, cut: [1] }), '');
  print(...table(['primary', 'type', 'servers'], primaryRows, { width, cut: [2] }));
}

function printConnections({ store, primaries, unknownGroups, providers, receivers, web }: Connections): void {
  print('', ...checkedLines('store', store));
  for (const { name, servers } of primaries)
    for (const server of servers) print(...checkedLines(`${name} ${server.address}`, server));
  for (const provider of providers) print(...checkedLines(`${provider.type} ${provider.name}`, provider));
  for (const receiver of receivers) print(...checkedLines(`siem ${receiver.name}`, receiver));
  if (web) print(...checkedLines('web', web));
  for (const { rule, group } of unknownGroups)
    print(
      ...wrap(
        `warning: [[policy]] "${shown(rule)}" names the group "${shown(group)}": nobody in the store is in it, and no directory has it`,
        outputWidth(),
      ),
    );
  for (const { name, user } of primaries) if (user) print('', ...describedLines(name, user));
}

function describedLines(primary: string, user: Described): string[] {
  if (user.kind === 'none') return wrap(`${primary} shows no such user: ${shown(user.why)}`, outputWidth());
  const { dn, person, groups, refusals } = user;
  const names = person.names.map(String).join(', ');
  const refused = refusals.map(({ reason, why }) => (why === undefined ? reason : `${reason} (${why})`)).join(', ');
  const rows = [
    ['entry', dn],
    ['names', names],
    ['groups', groups.map(({ name }) => name).join(', ') || 'none'],
    ['phone', person.phone ?? 'none'],
    ['e-mail', person.email ?? 'none'],
    ['may log in', refused === '' ? 'yes, with the right password' : `no: ${refused}`],
  ];
  const cells = rows.map((row) => row.map(shown));
  return table([primary, ''], cells, { width: outputWidth(), cut: [1] });
}

/** Directories let people write their own telephone number: what is in it must not be orders to the administrator's terminal. */
function shown(text: string): string {
  return printable(Buffer.from(text));
}

/** Wrapped, with what follows indented below the first word. */
function checkedLines(what: string, { ok, message }: Checked): string[] {
  const [first = '', ...rest] = wrap(`${what}: ${shown(message)}`, outputWidth() - indent);
  return [(ok ? 'ok' : 'FAILED').padEnd(indent) + first, ...rest.map((line) => ' '.repeat(indent) + line)];
}

function summaryJson({ file, config, warnings }: CommandConfig): object {
  return {
    file: file ?? null,
    problems: [],
    warnings,
    listen: config.listen.auth.map(hostPort),
    store: storePlace(config.store.url),
    clients: config.client.map(({ name, address, primary, factor }) => ({ name, address, primary, factor })),
    primaries: config.primary.map((primary) => ({
      name: primary.name,
      type: primary.type,
      servers: serversOf(primary),
    })),
  };
}

function connectionsJson(connections: Connections | undefined): object {
  if (!connections) return {};
  const { store, primaries, unknownGroups, providers, receivers, web = null } = connections;
  return { connections: { store, primaries, unknown_groups: unknownGroups, providers, receivers, web } };
}

function serversOf(primary: Config['primary'][number]): string[] {
  switch (primary.type) {
    case 'radius':
      return primary.server.map(hostPort);
    case 'ldap':
      return primary.server.map((server) => `${server.scheme}://${hostPort(server)}`);
    case 'local':
      return [];
  }
}
