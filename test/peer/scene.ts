import { generateSecret } from 'otplib';
import { hostPort } from './free-port.ts';
import { accessRequest, verifySignedReply } from './packet-bytes.ts';
import type { AccessRequestOptions, RawPacket } from './packet-bytes.ts';
import { startRadgate, succeed } from './radgate.ts';
import type { Cli, Radgate } from './radgate.ts';
import { UdpClient, type Peer } from './udp-client.ts';

export const clientSecret = 'between-the-nas-and-radgate';
export const upstreamSecret = 'between radgate and the home server';
export const prompt = 'Code: ';
export const promptAgain = 'Wrong code. Code: ';

export interface SceneOptions {
  /** HOST:PORT of the home servers, in order. */
  readonly upstream: readonly string[];
  /** Users to add, each with an active TOTP token. */
  readonly enrolled?: readonly string[];
  /** Users to add without a token. */
  readonly added?: readonly string[];
  /** More lines of [[client]], of [[primary]], and at the end of the file. */
  readonly client?: string;
  readonly primary?: string;
  readonly more?: string;
  /** Default ["127.0.0.1:0"]. */
  readonly listen?: readonly string[];
  /** Where it takes Accounting-Requests; default nowhere. */
  readonly acct?: readonly string[];
}

/** radgate between a NAS on loopback and home servers. */
export interface Scene {
  readonly radgate: Radgate;
  /** Where the NAS sends to: the first address that radgate listens on. */
  readonly nas: Peer;
  /** The same as HOST:PORT. */
  readonly server: string;
  /** The OATH secret of an enrolled user, in base32. */
  oath(user: string): string;
  /** The same after `radgate.kill()`, with radgate started anew; it listens elsewhere then. */
  restarted(): Promise<Scene>;
  stop(): Promise<void>;
}

function config(dir: string, options: SceneOptions): string {
  return `
[listen]
auth = ${JSON.stringify(options.listen ?? ['127.0.0.1:0'])}
${options.acct ? `acct = ${JSON.stringify(options.acct)}` : ''}
[store]
url = "sqlite:${dir}/radgate.db"
[login]
prompt = "${prompt}"
prompt_again = "${promptAgain}"
[log]
level = "debug"
[[client]]
name = "nas"
address = ["127.0.0.1", "::1"]
secret = "${clientSecret}"
${options.client ?? ''}
[[primary]]
name = "home"
type = "radius"
server = ${JSON.stringify(options.upstream)}
secret = "${upstreamSecret}"
${options.primary ?? ''}
${options.more ?? ''}
`;
}

/** Gives a user an active TOTP token as an administrator does, and returns its secret in base32. */
export async function enrol(cli: Cli, user: string): Promise<string> {
  const secret = generateSecret();
  await succeed(cli(['token', 'add', user, '--type', 'totp', '--secret-stdin'], `${secret}\n`));
  return secret;
}

/** Adds the users and starts the built program. */
export async function startScene(options: SceneOptions): Promise<Scene> {
  const { enrolled = [], added = [] } = options;
  const oath = new Map<string, string>();
  const radgate = await startRadgate({
    config: (dir) => config(dir, options),
    prepare: async (cli) => {
      const add = async (user: string): Promise<void> => {
        await succeed(cli(['user', 'add', user]));
        if (enrolled.includes(user)) oath.set(user, await enrol(cli, user));
      };
      // The first makes the store; then the others need not wait for each other.
      const [first, ...others] = [...enrolled, ...added];
      if (first !== undefined) await add(first);
      await Promise.all(others.map(add));
    },
  });
  return sceneOf(radgate, oath);
}

function sceneOf(radgate: Radgate, oath: ReadonlyMap<string, string>): Scene {
  const [nas] = radgate.listening;
  if (nas === undefined) throw new Error('radgate listens nowhere');
  return {
    radgate,
    nas,
    server: hostPort(nas.address, nas.port),
    oath: (user) => {
      const secret = oath.get(user);
      if (secret === undefined) throw new Error(`${user} was not enrolled`);
      return secret;
    },
    restarted: async () => sceneOf(await radgate.restart(), oath),
    stop: async () => {
      const code = await radgate.stop();
      if (code !== 0) throw new Error(`radgate ended with ${code}: ${radgate.stderr.join('\n')}`);
    },
  };
}

/**
 * Sends an Access-Request with Message-Authenticator and reads the reply, which must be signed as radgate promises:
 * Response Authenticator right, Message-Authenticator right and the first attribute.
 */
export async function ask(
  client: UdpClient,
  scene: Scene,
  options: Omit<AccessRequestOptions, 'secret'>,
): Promise<RawPacket> {
  const request = accessRequest({ secret: clientSecret, ...options });
  return verifySignedReply(await client.exchange(request, scene.nas), request, clientSecret);
}

/** The same by a client of its own. @param patience in milliseconds */
export async function askOnce(
  to: Peer,
  options: Omit<AccessRequestOptions, 'secret'>,
  from = '127.0.0.1',
  patience?: number,
): Promise<RawPacket> {
  const client = await UdpClient.open(from);
  try {
    const request = accessRequest({ secret: clientSecret, ...options });
    return verifySignedReply(await client.exchange(request, to, patience), request, clientSecret);
  } finally {
    await client.close();
  }
}
