import { join, resolve } from 'node:path';
import { profiles } from '../policy/profiles/profiles.ts';
import { defaultsOf } from './defaults.ts';
import { deepFreeze } from './freeze.ts';
import { type Config, schema } from './schema.ts';
import type { Secret } from './secret.ts';
import type { SqliteUrl } from './values/store-url.ts';

/**
 * What runs without a config file: the defaults, on loopback, with local users and one client on this host.
 * @param dataDir where the store and its key are; made absolute
 */
export function demoConfig(dataDir: string, secret: Secret): Config {
  const { generic } = profiles;
  return deepFreeze({
    listen: { ...defaultsOf(schema.listen.rows), auth: [{ host: '127.0.0.1', port: 1812 }] },
    store: { ...defaultsOf(schema.store.rows), waiting: 'memory', ...storeIn(dataDir) },
    login: defaultsOf(schema.login.rows),
    lockout: defaultsOf(schema.lockout.rows),
    totp: defaultsOf(schema.totp.rows),
    hotp: defaultsOf(schema.hotp.rows),
    deliver: defaultsOf(schema.deliver.rows),
    approval: defaultsOf(schema.approval.rows),
    web: defaultsOf(schema.web.rows),
    control: defaultsOf(schema.control.rows),
    metrics: defaultsOf(schema.metrics.rows),
    log: defaultsOf(schema.log.rows),
    audit: defaultsOf(schema.audit.rows),
    accounting: defaultsOf(schema.accounting.rows),
    client: [
      {
        ...defaultsOf(schema.client.rows),
        name: 'demo',
        address: ['127.0.0.1', '::1'],
        secret,
        // On loopback nobody stands between: pam_radius, which sends none, may be tried after radclient, which does.
        message_authenticator: 'off',
        append: generic.append,
        prompt_format: generic.promptFormat,
        acl_downloads: generic.aclDownloads,
        primary: 'local',
        factor: 'required',
        deadline: generic.deadline,
        proxy: generic.proxy,
        passwordless: generic.passwordless,
        challenge: generic.challenge,
        device_attribute: generic.deviceAttribute,
      },
    ],
    primary: [{ name: 'local', type: 'local', keep: 'hash' }],
    realm: [],
    provider: [],
    siem: [],
    group: [],
    policy: [],
  });
}

/** The store and its key in a directory of their own. */
export function storeIn(dir: string): { readonly url: SqliteUrl; readonly key_file: string } {
  const absolute = resolve(dir);
  return { url: { driver: 'sqlite', path: join(absolute, 'radgate.db') }, key_file: join(absolute, 'radgate.key') };
}
