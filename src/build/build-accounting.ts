import type { AccountingIntakeOptions } from '../accounting/accounting-intake.ts';
import type { Accounting } from '../accounting/accounting.ts';
import { RecordedAccounting } from '../accounting/recorded.ts';
import { RelayedAccounting } from '../accounting/relay.ts';
import { systemClock } from '../clock.ts';
import type { Config, RadiusPrimary as RadiusConfig } from '../config/schema.ts';
import type { DropLog } from '../observe/drop-log.ts';
import type { Logger } from '../observe/logger.ts';
import { SharedSecret } from '../packet/shared-secret.ts';
import { realmOf } from '../primary/realms.ts';
import type { Store } from '../store/store.ts';
import { logHealth } from './log-health.ts';

/**
 * What keeps the reports of devices, by the name of a primary; by the empty name radgate's own store.
 * @param take gives what there is already with the same settings, or else makes it
 */
export function buildAccountings(
  config: Config,
  store: Store,
  drops: DropLog,
  logger: Logger,
  take: (settings: unknown, make: () => Accounting) => Accounting,
): Map<string, Accounting> {
  const upstreams = config.primary.filter((primary) => primary.type === 'radius');
  const onTrouble = (error: unknown): void => logger.warn({ err: error }, 'old accounting could not be removed');
  const { keep } = config.accounting;
  const recorded = take({ keep }, () => new RecordedAccounting({ store, clock: systemClock, keep, onTrouble }));
  return new Map<string, Accounting>([
    ['', recorded],
    ...upstreams.map((primary) => [primary.name, take(primary, () => buildRelay(primary, drops, logger))] as const),
  ]);
}

function buildRelay(config: RadiusConfig, drops: DropLog, logger: Logger): RelayedAccounting {
  return new RelayedAccounting({
    name: `${config.name} (accounting)`,
    servers: config.accounting_server,
    secret: new SharedSecret(config.secret.bytes),
    source: config.source,
    timeout: config.timeout,
    tries: config.tries,
    mode: config.mode,
    probeInterval: config.probe_interval,
    clock: systemClock,
    onForged: (server, explain) => drops.drop(server, 'upstream-reply-refused', explain),
    onHealth: (health) => logHealth(logger, health),
  });
}

/** Reports go where the credential of such a user is checked, if that is a RADIUS server. */
export function accountingOf(
  { client: clients, realm: realms }: Config,
  accountings: ReadonlyMap<string, Accounting>,
): AccountingIntakeOptions['accountingOf'] {
  const settings = new Map(clients.map(({ name, accounting }) => [name, accounting]));
  return (nas, userName) => {
    const setting = settings.get(nas.name);
    if (setting === 'off') return undefined;
    const primary = realmOf(realms, nas.name, userName)?.primary ?? nas.primary;
    const relayed = setting === 'auto' ? accountings.get(primary) : undefined;
    return relayed ?? accountings.get('');
  };
}
