import { systemClock } from '../clock.ts';
import type {
  LdapPrimary as LdapConfig,
  Primary as PrimaryConfig,
  RadiusPrimary as RadiusConfig,
} from '../config/schema.ts';
import { authority } from '../config/authority.ts';
import type { SeenAuthenticators } from '../nas/seen-authenticators.ts';
import type { DropLog } from '../observe/drop-log.ts';
import type { Logger } from '../observe/logger.ts';
import { SharedSecret } from '../packet/shared-secret.ts';
import { LdapPrimary } from '../primary/ldap/ldap.ts';
import type { LdapOptions } from '../primary/ldap/ldap-options.ts';
import { LocalPrimary } from '../primary/local.ts';
import type { Probe } from '../primary/pool.ts';
import type { Primary } from '../primary/primary.ts';
import { statusProbe, userProbe } from '../primary/probe.ts';
import { RadiusPrimary } from '../primary/radius.ts';
import type { Store } from '../store/store.ts';
import { logHealth } from './log-health.ts';

/** What checks the first credential, as a `[[primary]]` says. @param attributes as replyAttributes gives them @throws OperatorError if a file that it names can't be read */
export function buildPrimary(
  config: PrimaryConfig,
  attributes: readonly string[],
  mark: Buffer,
  store: Store,
  seen: SeenAuthenticators,
  drops: DropLog,
  logger: Logger,
): Primary {
  switch (config.type) {
    case 'local':
      return new LocalPrimary({ name: config.name, keep: config.keep, store, clock: systemClock });
    case 'ldap':
      return buildLdap(config, attributes, (health) =>
        logHealth(logger, { ...health, standing: health.trouble === undefined ? 'alive' : 'suspect' }),
      );
    case 'radius':
      return new RadiusPrimary({
        name: config.name,
        servers: config.server,
        secret: new SharedSecret(config.secret.bytes),
        messageAuthenticator: config.message_authenticator,
        timeout: config.timeout,
        tries: config.tries,
        source: config.source,
        mark,
        outerIdentity: config.outer_identity,
        mode: config.mode,
        probe: probeOf(config),
        probeInterval: config.probe_interval,
        clock: systemClock,
        seen,
        drops,
        onHealth: (health) => logHealth(logger, health),
      });
  }
}

/** @param attributes as replyAttributes gives them @param onHealth told of servers that stop answering or answer again @throws OperatorError if the file of the certificate authority can't be read */
export function buildLdap(
  config: LdapConfig,
  attributes: readonly string[],
  onHealth: LdapOptions['onHealth'],
): LdapPrimary {
  const { bind_dn, bind_password, dn_template } = config;
  const service =
    bind_dn !== undefined && bind_password ? { name: bind_dn, password: bind_password.bytes.toString() } : undefined;
  return new LdapPrimary({
    name: config.name,
    servers: config.server,
    startTls: config.start_tls,
    ca: authority(config.ca_file),
    tlsMinVersion: config.tls_min_version,
    timeout: config.timeout,
    service,
    bind:
      config.bind === 'dn'
        ? { kind: 'dn', template: dn_template ?? '' }
        : config.bind === 'name'
          ? { kind: 'name', suffix: config.upn_suffix }
          : { kind: 'search' },
    directory: {
      kind: config.directory,
      base: config.base_dn,
      groupBase: config.group_base_dn,
      userAttributes: config.user_attributes,
      userFilter: config.user_filter,
      nameAttributes: config.name_attributes,
      phoneAttributes: config.phone_attributes,
      mailAttributes: config.mail_attributes,
      replyAttributes: attributes,
    },
    requireGroup: config.require_group ?? [],
    passwordEncoding: config.password_encoding,
    clock: systemClock,
    onHealth,
  });
}

/** What the servers of a primary are probed with. */
function probeOf({ probe, probe_user, probe_password, secret }: RadiusConfig): Probe | undefined {
  if (probe === 'none') return undefined;
  if (probe === 'status-server' || probe_user === undefined || probe_password === undefined) return statusProbe;
  return userProbe(probe_user, probe_password.bytes, new SharedSecret(secret.bytes));
}
