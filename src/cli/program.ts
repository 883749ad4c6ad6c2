import { Command } from 'commander';
import { serveCommand } from './serve.ts';
import { version } from '../version.ts';

/** Each is loaded when it is wanted: together they would make the start of the service a fifth longer. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  check: async () => (await import('./check/check.ts')).checkCommand(),
  reload: async () => (await import('./reload.ts')).reloadCommand(),
  trace: async () => (await import('./trace/trace.ts')).traceCommand(),
  login: async () => (await import('./login/login.ts')).loginCommand(),
  explain: async () => (await import('./explain/explain.ts')).explainCommand(),
  user: async () => (await import('./user/user.ts')).userCommand(),
  token: async () => (await import('./token/token.ts')).tokenCommand(),
  deliver: async () => (await import('./deliver/deliver.ts')).deliverCommand(),
  client: async () => (await import('./client/client.ts')).clientCommand(),
  report: async () => (await import('./report/report.ts')).reportCommand(),
  audit: async () => (await import('./audit/audit.ts')).auditCommand(),
  'support-bundle': async () => (await import('./support/support-bundle.ts')).supportBundleCommand(),
  store: async () => (await import('./store/store.ts')).storeCommand(),
  demo: async () => (await import('./demo/demo.ts')).demoCommand(),
};
const help = ['help', '-h', '--help'];

/** The command line, with the commands that these words may mean. Its errors are thrown, for reportError. @param words what stands after `radgate` */
export async function program(words: readonly string[]): Promise<Command> {
  const isAsked = (name: string): boolean => words.includes(name) || help.some((word) => words.includes(word));
  const serve = serveCommand();
  const root = new Command('radgate')
    .description('RADIUS authentication proxy with a second factor')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .option('-c, --config <file>', 'config file (default: ./radius.conf, else /etc/radgate/radius.conf)')
    .option('--data <dir>', 'keep the store and its key in this directory')
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(see "radgate help")')
    .exitOverride()
    .addCommand(serve, { isDefault: true });
  for (const [name, load] of Object.entries(commands)) if (isAsked(name)) root.addCommand(await load());
  passDown(root);
  // A mistyped command ends up at the default one, which says so.
  serve.allowExcessArguments();
  return root;
}

/** What addCommand doesn't: the settings of the program for all commands within. */
function passDown(command: Command): void {
  for (const inner of command.commands) {
    inner.copyInheritedSettings(command);
    passDown(inner);
  }
}
