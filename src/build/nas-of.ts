import type { Client } from '../config/schema.ts';
import type { Nas } from '../nas/nas.ts';
import { SharedSecret } from '../packet/shared-secret.ts';
import { deviceAttributes } from '../policy/device-attribute.ts';

/** What a `[[client]]` is to the packets that come from it. */
export function nasOf(client: Client): Nas {
  const { limit_proxy_state, secret_next } = client;
  return {
    name: client.name,
    secret: new SharedSecret(client.secret.bytes),
    secretNext: secret_next && new SharedSecret(secret_next.bytes),
    messageAuthenticator: client.message_authenticator,
    limitProxyState: limit_proxy_state === 'auto' ? !client.proxy : limit_proxy_state,
    primary: client.primary,
    factor: client.factor,
    approval: client.approval,
    passwordless: client.passwordless,
    deviceAttribute: client.device_attribute === 'none' ? undefined : deviceAttributes[client.device_attribute],
    trustsAddress: client.trust_device_address,
    deadline: client.deadline,
    promptFormat: client.prompt_format,
    append:
      client.append === 'off'
        ? undefined
        : { order: client.append, delimiter: Buffer.from(client.append_delimiter), length: client.append_length },
    appPasswords: client.application_passwords,
    aclDownloads: client.acl_downloads,
    remember: client.remember,
    challenge: client.challenge,
    application: client.application ?? client.name,
  };
}
