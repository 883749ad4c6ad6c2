import { Command } from 'commander';
import { demoCodeCommand } from './code.ts';

/** `radgate demo ...` */
export function demoCommand(): Command {
  return new Command('demo').description("what the demo user's phone would show").addCommand(demoCodeCommand());
}
