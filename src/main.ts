#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { serveCommand } from './cli/serve.ts';
import { Exit, OperatorError } from './errors.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

const program = new Command('radgate')
  .description('RADIUS authentication proxy with a second factor')
  .version(version)
  .option('-c, --config <file>', 'configuration file (default: ./radius.conf, then /etc/radgate/radius.conf)')
  .exitOverride()
  .addCommand(serveCommand(), { isDefault: true });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Says on standard error what went wrong and what can be done. @returns the exit code */
function report(error: unknown): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.ok : Exit.usage;
  if (error instanceof OperatorError) {
    process.stderr.write(`radgate: ${error.message}\n${error.remedy && `  ${error.remedy}\n`}`);
    return error.exit;
  }
  process.stderr.write(
    `radgate: a defect, please report it: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return Exit.internal;
}
