import { deviceAttributes } from '../../src/policy/device-attribute.ts';
import type { Nas } from '../../src/nas/nas.ts';
import { SharedSecret } from '../../src/packet/shared-secret.ts';

/** The secret of aNas, as text. */
export const nasSecret = 'between the NAS and radgate';

/** A client with the defaults of radius.conf, but for what the test says. */
export function aNas(own: Partial<Nas> = {}): Nas {
  return {
    name: 'vpn',
    secret: new SharedSecret(Buffer.from(nasSecret)),
    secretNext: undefined,
    messageAuthenticator: 'auto',
    limitProxyState: true,
    primary: 'local',
    factor: 'required',
    approval: 'auto',
    passwordless: false,
    trustsAddress: false,
    deviceAttribute: deviceAttributes['Calling-Station-Id'],
    deadline: 10_000,
    append: undefined,
    appPasswords: false,
    aclDownloads: false,
    remember: undefined,
    challenge: true,
    promptFormat: 'short',
    application: 'the VPN',
    ...own,
  };
}
