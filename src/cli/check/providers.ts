import { accessSync, constants } from 'node:fs';
import { createTransport } from 'nodemailer';
import type { Pdu } from 'smpp';
import type { Provider } from '../../config/schema.ts';
import { authority } from '../../config/authority.ts';
import { connectSmpp } from '../../deliver/smpp-connect.ts';
import { OperatorError } from '../../errors.ts';
import { withoutSecrets } from '../support/without-secrets.ts';
import type { Checked } from './checked.ts';
import { reach, troubleOf, Unusable } from './reach.ts';

export interface CheckedProvider extends Checked {
  readonly name: string;
  readonly type: Provider['type'];
}

/** Tries the way to a `[[provider]]` as far as it can be without a message: none is sent, and nobody is called. */
export async function checkProvider(provider: Provider): Promise<CheckedProvider> {
  const { name, type } = provider;
  try {
    return { name, type, ok: true, message: await seen(provider) };
  } catch (error) {
    if (error instanceof Unusable || error instanceof OperatorError)
      return { name, type, ok: false, message: error.message };
    throw error;
  }
}

async function seen(provider: Provider): Promise<string> {
  switch (provider.type) {
    case 'http':
    case 'twilio':
    case 'ntfy':
    case 'webhook': {
      const { protocol, hostname, port } = new URL(provider.url.replaceAll(/[{}]/g, ''));
      const isTls = protocol === 'https:';
      const target = { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (isTls ? 443 : 80) };
      const found = await reach({ ...target, ...(isTls ? { tls: { ca: undefined } } : {}) }, provider.timeout);
      return `${found}; nothing was sent, so its credentials were not tried: "radgate deliver test" does`;
    }
    case 'smpp':
      return checkSmpp(provider);
    case 'smtp':
      return checkSmtp(provider);
    case 'file':
      try {
        accessSync(provider.directory, constants.W_OK | constants.X_OK);
        return 'the directory may be written to';
      } catch (error) {
        throw new Unusable(
          `${provider.directory} is not there, or may not be written to: make it, for the user that runs radgate`,
          {
            cause: error,
          },
        );
      }
  }
}

type Smpp = Extract<Provider, { readonly type: 'smpp' }>;

/** SMPP 3.4 §5.1.3, of a bind. */
const refusals: Readonly<Record<number, string>> = {
  0x05: 'it says that this system_id is bound already (ESME_RALYBND): the running service, most likely, where it allows one connection alone',
  0x0d: "it refuses the bind (ESME_RBINDFAIL): ask the provider whether this host's address, system_id and system_type are allowed",
  0x0e: 'it does not accept this password (ESME_RINVPASWD): see "password"; many servers compare 8 octets alone',
  0x0f: 'it does not know this system_id (ESME_RINVSYSID): see "system_id"',
  0x53: 'it does not take this system_type (ESME_RINVSYSTYP): see "system_type"',
};

/** Binds as a transmitter, so that no text or receipt of the service comes here, and unbinds. */
async function checkSmpp({ server, tls, ca_file, system_id, password, system_type, timeout }: Smpp): Promise<string> {
  const ca = authority(ca_file);
  const found = await reach({ ...server, ...(tls ? { tls: { ca } } : {}) }, timeout);
  const session = connectSmpp({ ...server, tls, ca });
  let timer: NodeJS.Timeout | undefined;
  try {
    const status = await new Promise<number>((resolve, reject) => {
      const fail = (why: string): void => reject(new Unusable(`${found}, but ${why}`));
      timer = setTimeout(
        () => fail(`it has not answered the bind within ${timeout / 1000} s: is SMPP spoken at this port?`),
        timeout,
      );
      session.on('error', (error: unknown) => fail(troubleOf(error)));
      session.once('close', () =>
        fail('it closes the connection at the bind: does it take this host, and is SMPP spoken at this port?'),
      );
      session.once(tls ? 'secureConnect' : 'connect', () => {
        const bind = { system_id, password: password.bytes.toString(), system_type, interface_version: 0x34 };
        session.bind_transmitter(bind, (pdu: Pdu) => resolve(pdu.command_status));
      });
    });
    if (status !== 0) {
      const code = `0x${status.toString(16).padStart(2, '0')}`;
      throw new Unusable(
        `${found}, but ${refusals[status] ?? `it refuses the bind with status ${code}: ask the provider`}`,
      );
    }
    session.unbind(() => session.close());
    return `${found}, and takes the bind`;
  } finally {
    clearTimeout(timer);
    session.destroy();
  }
}

type Smtp = Extract<Provider, { readonly type: 'smtp' }>;

/** EHLO, STARTTLS and AUTH: RFC 5321, RFC 3207, RFC 4954. */
async function checkSmtp({ server, tls, ca_file, username, password, timeout }: Smtp): Promise<string> {
  const ca = authority(ca_file);
  await reach({ ...server, ...(tls === 'implicit' ? { tls: { ca } } : {}) }, timeout);
  const transport = createTransport({
    ...server,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
    ...(username === undefined ? {} : { auth: { user: username, pass: password?.bytes.toString() ?? '' } }),
    connectionTimeout: timeout,
    greetingTimeout: timeout,
    socketTimeout: timeout,
    dnsTimeout: timeout,
  });
  try {
    await transport.verify();
  } catch (error) {
    // A server may say again what it was told.
    throw new Unusable(String(withoutSecrets(smtpTrouble(error), password ? [password.bytes] : [])), { cause: error });
  } finally {
    transport.close();
  }
  const security = tls === 'none' ? 'without TLS' : tls === 'starttls' ? 'with STARTTLS' : 'with TLS';
  const who =
    username === undefined ? '; whether it takes mails from here is not known' : ', and accepts the credentials';
  return `answers ${security}${who}`;
}

function smtpTrouble(error: unknown): string {
  const {
    code,
    response,
    message = '',
  } = (error ?? {}) as { readonly code?: string; readonly response?: string; readonly message?: string };
  const said = response ?? message;
  if (code === 'EAUTH') return `it does not accept these credentials: see "username" and "password" (${said})`;
  const trouble = troubleOf(error);
  if (trouble.startsWith('TLS fails')) return trouble;
  if (code === 'ETLS')
    return `it does not offer STARTTLS: "implicit" is for port 465, "none" for a server on this host (${said})`;
  if (/Greeting never received|ETIMEDOUT/.test(`${code} ${message}`))
    return 'it does not greet: is SMTP spoken at this port, and does "tls" fit it?';
  return trouble;
}
