import { Command } from 'commander';
import { deliverListCommand } from './list.ts';
import { deliverTestCommand } from './test.ts';

/** `radgate deliver ...` */
export function deliverCommand(): Command {
  return new Command('deliver')
    .description('try out how codes are sent, and list what was sent')
    .addCommand(deliverTestCommand())
    .addCommand(deliverListCommand());
}
