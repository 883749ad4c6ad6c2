import { dirname, resolve } from 'node:path';
import { Command } from 'commander';
import { startService, type Service } from '../app.ts';
import { systemClock } from '../clock.ts';
import { findConfig } from '../config/find.ts';
import { forWorker } from '../config/for-worker.ts';
import { loadConfig } from '../config/load.ts';
import { override } from '../config/override.ts';
import type { Config } from '../config/schema.ts';
import { controlSocket } from '../control/control-socket.ts';
import type { Orders } from '../control/orders.ts';
import type { Reloaded } from '../control/reloaded.ts';
import { ControlServer } from '../control/server.ts';
import { Exit, OperatorError } from '../errors.ts';
import { ServiceManager } from '../observe/service-manager.ts';
import { createLogger, type Logger } from '../observe/logger.ts';
import { assertPortsCanBeShared } from '../transport/shared-ports.ts';
import { boundHeap } from './bound-heap.ts';
import { readDemo } from './demo/data.ts';
import { demoStart } from './demo/start.ts';
import { storePlace } from './store/place.ts';
import { HangUps } from './hang-ups.ts';
import { newChange } from './new-change.ts';
import { Reloader } from './reloader.ts';
import type { ServeOptions } from './serve-options.ts';
import type { Start } from './start.ts';
import { tellServing, workerIndex, Workers } from './workers.ts';
import { version } from '../version.ts';

/** `radgate serve`: runs the service until SIGTERM or SIGINT. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run the service (the default command); without a radius.conf, a demo')
    .option('--listen <host:port>', 'listen on this address only')
    .option('--log-level <level>', 'fatal, error, warn, info, debug or trace')
    .action(async (_options: unknown, command: Command) => {
      const [unknown] = command.args;
      if (unknown !== undefined)
        throw new OperatorError('usage', `there is no command "${unknown}": see "radgate help"`);
      await serve(command.optsWithGlobals());
    });
}

const demoLeft =
  'the demo made this store, and demo.json beside it tells the password and OATH key of its user: remove both ("radgate user remove alice")';

/** What a worker may take at its end beside `[login] drain`, in milliseconds. */
const drainOfStop = 10_000;

async function serve(options: ServeOptions): Promise<void> {
  boundHeap(100);
  const file = findConfig(options.config);
  const index = workerIndex(process.env);
  const hangUps = file === undefined ? undefined : new HangUps();
  const { config, warnings, greet } = file === undefined ? await demoStart(options) : fileStart(file, options);
  const logger = await createLogger(config.log.level, config.log.format);
  for (const { file: where, line, message } of warnings) logger.warn({ file: where, line }, message);
  if (file !== undefined && holdsDemo(config)) logger.warn({ store: storePlace(config.store.url) }, demoLeft);

  const isShared = config.listen.workers > 1;
  if (isShared) assertPortsCanBeShared(process.versions.node, process.platform);
  const onDeath = (error: Error): void => {
    logger.fatal({ err: error }, 'the store has died: stopping, so that the service manager starts radgate anew');
    process.exit(Exit.internal);
  };
  const service = await startService(config, logger, onDeath, index === 1);
  // Before "ready" is told: whoever waits for that may stop it at once.
  const asked = new Promise<string>((received) => {
    process.once('SIGTERM', received);
    process.once('SIGINT', received);
    if (index > 1) process.once('disconnect', () => received('the end of the first process'));
  });
  const workers = isShared && index === 1 ? await startWorkers(config, service, logger) : undefined;
  const manager = new ServiceManager(process.env, systemClock, logger);
  const { health } = service;
  const tellReady = (): void =>
    manager.ready(
      () => health.dead(),
      () => health.known(),
    );
  const reloader = file === undefined ? undefined : reloaderOf(file, options, service, logger);
  const reload = (): Reloaded => {
    if (!reloader) return { ok: false, config: '', why: ['the demo has nothing to read anew'] };
    manager.reloading();
    try {
      const reloaded = reloader.reload();
      if (reloaded.ok) workers?.reload();
      return reloaded;
    } finally {
      tellReady();
    }
  };
  const orders: Orders = {
    reload,
    health: () => service.tellHealth(),
    follow: (wish, tell) => service.tracing.follow(wish, tell),
  };
  const control = await openControl(config, index, orders, logger);
  const which = index === 1 ? '' : `, worker ${index}`;
  const where = file === undefined ? 'demo' : resolve(file);
  await service.note(newChange('service start'), `version ${version}, ${where}${which}`);
  greet?.(service.listening);
  logger.info(
    {
      listening: service.listening,
      ...(service.pages.length > 0 ? { pages: service.pages } : {}),
      ...(service.metrics.length > 0 ? { metrics: service.metrics } : {}),
      version,
      config: file && resolve(file),
      ...(isShared ? { worker: index } : {}),
    },
    'ready',
  );
  tellReady();
  if (index > 1) tellServing();
  hangUps?.deliver(reload);
  const signal = await asked;
  logger.info({ signal }, 'stopping');
  const isTold = manager.stopping();
  reloader?.stop();
  await control?.close();
  await service.note(newChange('service stop'), `${signal}${which}`);
  await Promise.all([workers?.stop(), service.stop()]);
  await isTold;
  logger.info('stopped');
}

/** All serve, or none. */
async function startWorkers({ listen, login }: Config, service: Service, logger: Logger): Promise<Workers> {
  try {
    return await Workers.start({ count: listen.workers, logger, patience: login.drain + drainOfStop });
  } catch (error) {
    await service.stop();
    throw error;
  }
}

function holdsDemo({ store: { url } }: Config): boolean {
  return url.driver === 'sqlite' && readDemo(dirname(url.path)) !== undefined;
}

function fileStart(file: string, options: ServeOptions): Start {
  const { config, warnings } = loadConfig(file, process.env);
  const index = workerIndex(process.env);
  const own = override(config, options);
  return { config: index === 1 ? own : forWorker(own, index), warnings };
}

function reloaderOf(file: string, options: ServeOptions, service: Service, logger: Logger): Reloader {
  return new Reloader({ file: resolve(file), load: () => fileStart(file, options), service, logger });
}

/** The service goes on without it: SIGHUP is left. */
async function openControl(
  config: Config,
  index: number,
  orders: Orders,
  logger: Logger,
): Promise<ControlServer | undefined> {
  let path: string | undefined;
  try {
    path = controlSocket(config, index);
    if (path === undefined) return undefined;
    return await ControlServer.listen(path, orders, (error) =>
      logger.warn({ socket: path, err: error }, 'the control socket could not take an order'),
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    logger.warn(
      { socket: path, why },
      '"radgate reload" and "radgate trace" will not reach this service; SIGHUP has it read its config anew',
    );
    return undefined;
  }
}
