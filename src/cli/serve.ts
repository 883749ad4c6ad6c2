import { Command } from 'commander';
import { startService } from '../app.ts';
import { findConfig } from '../config/find.ts';
import { loadConfig } from '../config/load.ts';
import { override } from '../config/override.ts';
import { Exit, OperatorError } from '../errors.ts';
import { createLogger } from '../observe/logger.ts';

interface ServeOptions {
  readonly config?: string;
  readonly listen?: string;
  readonly logLevel?: string;
  readonly data?: string;
}

/** `radgate serve`: runs the service until SIGTERM or SIGINT. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run the service (the default command)')
    .option('--listen <host:port>', 'listen on this address only')
    .option('--log-level <level>', 'fatal, error, warn, info, debug or trace')
    .option('--data <dir>', 'keep the store and its key in this directory')
    .action(async (_options: unknown, command: Command) => serve(command.optsWithGlobals()));
}

async function serve(options: ServeOptions): Promise<void> {
  const file = findConfig(options.config);
  if (file === undefined) throw new OperatorError('config-missing', 'there is no radius.conf');
  const loaded = loadConfig(file, process.env);
  const config = override(loaded.config, options);
  const logger = createLogger(config.log.level, config.log.format);
  for (const { file: where, line, message } of loaded.warnings) logger.warn({ file: where, line }, message);

  const service = await startService(config, logger, (error) => {
    logger.fatal({ err: error }, 'the store has died: stopping, so that the service manager starts radgate anew');
    process.exit(Exit.internal);
  });
  logger.info({ listening: service.listening }, 'ready');
  const signal = await new Promise<string>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  logger.info({ signal }, 'stopping');
  await service.stop();
  logger.info('stopped');
}
