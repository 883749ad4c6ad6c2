import type { Config } from '../../config/schema.ts';
import type { Endpoint } from '../../config/values/endpoint.ts';
import { OperatorError } from '../../errors.ts';
import { NasTable } from '../../nas/nas-table.ts';
import { SharedSecret } from '../../packet/shared-secret.ts';
import { nasOf } from '../../build/nas-of.ts';
import { commandConfig } from '../command-config.ts';
import type { CommonOptions } from '../common-options.ts';
import { localAddressTo } from './local-address.ts';
import { readEndpoint } from '../input/read-endpoint.ts';
import { readSecretFile } from '../input/read-secret-file.ts';

export interface TargetOptions extends CommonOptions {
  /** `--server HOST:PORT` */
  readonly server?: string;
  /** `--secret-file FILE` */
  readonly secretFile?: string;
}

export interface Target extends Endpoint {
  readonly secret: SharedSecret;
}

/** Whom to log in at, and with which secret: what the options say, else what the config of this host says. */
export async function loginTarget(options: TargetOptions): Promise<Target> {
  const { server, secretFile } = options;
  const given = server === undefined ? undefined : readEndpoint('--server', server);
  const secret = secretFile === undefined ? undefined : new SharedSecret(readSecretFile(secretFile));
  // With both there may be no config: whoever asks from elsewhere has none.
  if (given && secret) return { ...given, secret };
  const { config } = commandConfig(options);
  const endpoint = given ?? listening(config);
  return { ...endpoint, secret: secret ?? (await secretFor(endpoint, config)) };
}

/** Where this host listens first; of a wildcard, its loopback address. */
function listening(config: Config): Endpoint {
  const [first] = config.listen.auth;
  const { host, port } = first ?? { host: '127.0.0.1', port: 1812 };
  const loopback: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  return { host: loopback[host] ?? host, port };
}

/** The secret of the client that this host is to that server. */
async function secretFor(endpoint: Endpoint, config: Config): Promise<SharedSecret> {
  const address = await localAddressTo(endpoint);
  const clients = new NasTable(config.client.map((client) => ({ nas: nasOf(client), addresses: client.address })));
  const nas = clients.find(address);
  if (nas) return nas.secret;
  throw new OperatorError(
    'usage',
    `no [[client]] has the address ${address}, from which this host asks: add one to try from here, or give a secret with --secret-file`,
  );
}
