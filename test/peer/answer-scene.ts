import { client, pagesAt, passwordless } from './config-parts.ts';
import { eapolTest } from './eapol-test.ts';
import { startFreeRadius } from './freeradius.ts';
import { freeTcpPort } from './free-port.ts';
import { accessRequest, attribute, vendorAttribute, verifySignedReply } from './packet-bytes.ts';
import { succeed } from './radgate.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';
import { UdpClient } from './udp-client.ts';

const nas = '127.0.0.2';
const eapNas = '127.0.0.3';
const password = 'wonderland';

export interface AnswerSceneOptions {
  /** The users, each with the phone number that is asked. */
  readonly phones: Readonly<Record<string, string>>;
  /** What brings the questions and takes the answers: [[provider]], and what goes with it. */
  readonly more: string;
}

/** A login as RD Gateway's NPS asks for it, which waits. */
export interface WaitingLogin {
  readonly client: UdpClient;
  /** The code of the reply, which must be signed right. */
  readonly code: () => Promise<number>;
}

/** radgate with pages between an RD Gateway, an access point with MS-CHAPv2, and FreeRADIUS; users answer questions of their logins. */
export interface AnswerScene {
  readonly scene: Scene;
  /** `[web] url`. */
  readonly page: string;
  /** @param device its name, which tells requests of one login from those of another */
  login(user: string, device?: string): Promise<WaitingLogin>;
  /** A login by eapol_test (PEAP, MS-CHAPv2), which waits; it ends once the keys were found right. */
  eap(user: string): ReturnType<typeof eapolTest>;
  stop(): Promise<void>;
}

export async function startAnswerScene({ phones, more }: AnswerSceneOptions): Promise<AnswerScene> {
  const home = await startFreeRadius({
    secret: upstreamSecret,
    users: Object.fromEntries(Object.keys(phones).map((name) => [name, { password }])),
    authorize: passwordless,
    eap: { namesInner: true },
  });
  const listen = `127.0.0.1:${await freeTcpPort('127.0.0.1')}`;
  const page = `http://${listen}`;
  const scene = await startScene({
    upstream: [home.server],
    listen: ['127.0.0.1:0'],
    client: 'primary = "home"',
    primary: 'outer_identity = "named"',
    more: [
      client('gateway', nas, 'profile = "rd-gateway"\nmessage_authenticator = "auto"\napplication = "the <Desktop>"'),
      client('wifi', eapNas, 'deadline = "20s"'),
      pagesAt(listen),
      more,
    ].join('\n'),
  });
  for (const [user, phone] of Object.entries(phones))
    await succeed(scene.radgate.cli(['user', 'add', user, '--phone', phone]));
  let identifier = 0;
  return {
    scene,
    page,
    login: async (user, device = `LAPTOP-${user}`) => {
      const client = await UdpClient.open(nas);
      const bytes = accessRequest({
        secret: clientSecret,
        identifier: identifier++,
        user,
        attributes: [attribute(6, Buffer.from([0, 0, 0, 5])), vendorAttribute(311, 50, device)],
      });
      await client.send(bytes, scene.nas);
      return {
        client,
        code: async () => verifySignedReply((await client.next()).bytes, bytes, clientSecret).code,
      };
    },
    eap: (user) =>
      eapolTest({
        server: { ...scene.nas, secret: clientSecret, authority: home.authority, name: home.name },
        from: eapNas,
        identity: user,
        password,
        eap: 'PEAP',
        inner: 'MSCHAPV2',
        timeout: 20,
      }),
    stop: async () => {
      await scene.stop();
      await home.stop();
    },
  };
}
