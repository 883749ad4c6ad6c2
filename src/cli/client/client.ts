import { Command } from 'commander';
import { clientListCommand } from './list.ts';
import { clientShowCommand } from './show.ts';

/** `radgate client ...` */
export function clientCommand(): Command {
  return new Command('client')
    .description('what RADIUS clients were seen to do, and settings that would fit')
    .addCommand(clientListCommand())
    .addCommand(clientShowCommand());
}
