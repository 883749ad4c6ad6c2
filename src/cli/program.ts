import { Command } from 'commander';
import { auditCommand } from './audit/audit.ts';
import { checkCommand } from './check/check.ts';
import { deliverCommand } from './deliver/deliver.ts';
import { demoCommand } from './demo/demo.ts';
import { explainCommand } from './explain/explain.ts';
import { loginCommand } from './login/login.ts';
import { reloadCommand } from './reload.ts';
import { reportCommand } from './report/report.ts';
import { serveCommand } from './serve.ts';
import { storeCommand } from './store/store.ts';
import { tokenCommand } from './token/token.ts';
import { userCommand } from './user/user.ts';
import { version } from '../version.ts';

/** The whole command line. Its errors are thrown, for reportError. */
export function program(): Command {
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
    .addCommand(serve, { isDefault: true })
    .addCommand(checkCommand())
    .addCommand(reloadCommand())
    .addCommand(loginCommand())
    .addCommand(explainCommand())
    .addCommand(userCommand())
    .addCommand(tokenCommand())
    .addCommand(deliverCommand())
    .addCommand(reportCommand())
    .addCommand(auditCommand())
    .addCommand(storeCommand())
    .addCommand(demoCommand());
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
