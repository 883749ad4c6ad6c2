#!/usr/bin/env node
import { program } from './cli/program.ts';
import { reportError } from './cli/report-error.ts';

// Whoever read the output, such as "head", has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

try {
  const root = await program(process.argv.slice(2));
  await root.parseAsync();
} catch (error) {
  process.exitCode = reportError(error);
}
