import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { challengeHash, challengeResponse, ntHash } from '../../src/packet/mschap.ts';
import { valuesOf, type AttributePair } from './attributes.ts';
import { eapolTest, type EapolTestOptions } from './eapol-test.ts';
import { startFreeRadiusEdge, type FreeRadiusEdge } from './freeradius-edge.ts';
import { hostPort } from './free-port.ts';
import { peer } from './peer.ts';
import { radclientReply, type RadclientReply } from './radclient.ts';
import { startRadgate, succeed, type LogEntry, type Radgate } from './radgate.ts';
import type { Peer } from './udp-client.ts';

const secret = 'between-the-edge-and-radgate';
const password = 'wonder land \u00e4\u20ac';
/** radclient takes what is escaped in a CHAP-Password as it stands. */
const plain = 'wonder-land';

const config = (dir: string): string => `
[listen]
auth = ["127.0.0.1:0"]
[store]
url = "sqlite:${dir}/radgate.db"
[login]
reject_delay = "0s"
[[client]]
name = "edge"
address = "127.0.0.1"
secret = "${secret}"
factor = "none"
[[primary]]
name = "here"
type = "local"
keep = "password"
`;

peer(
  'freeradius',
  'radclient',
  'eapol_test',
)('login of local users by CHAP and MS-CHAPv2', () => {
  let radgate: Radgate;
  let edge: FreeRadiusEdge;
  let at: Peer;
  before(async function () {
    this.timeout(60_000);
    radgate = await startRadgate({
      config,
      prepare: async (cli) => {
        await succeed(cli(['user', 'add', 'alice', '--password-stdin'], `${password}\n`));
        await succeed(cli(['user', 'add', 'carol', '--password-stdin'], `${plain}\n`));
      },
    });
    at = radgate.listening[0] ?? expect.fail('radgate listens nowhere');
    edge = await startFreeRadiusEdge({
      home: at,
      homeSecret: secret,
      secret: 'between-the-point-and-the-edge',
      users: { alice: password },
    });
  });
  after(async () => {
    await edge?.stop();
    await radgate?.stop();
  });

  /** The reasons in the log from an entry on, once it says so many: a line is written a turn later than its answer. */
  const reasons = async (from: number, lines: number): Promise<unknown[]> => {
    const said = (): unknown[] =>
      radgate.log.slice(from).flatMap((entry: LogEntry) => (entry['reason'] === undefined ? [] : [entry['reason']]));
    await radgate.waitForLog(() => said().length >= lines, `${lines} reasons in the log`);
    return said();
  };

  describe('behind an edge that ends PEAP and TTLS; the supplicant checks what the server proves', () => {
    const login = (own: Omit<EapolTestOptions, 'server'>) => eapolTest({ server: edge, outer: 'anonymous', ...own });

    for (const [eap, inner] of [
      ['PEAP', 'MSCHAPV2'],
      ['TTLS', 'MSCHAPV2'],
      ['TTLS', 'CHAP'],
      ['TTLS', 'PAP'],
    ] as const)
      for (const identity of ['alice', 'ALICE', 'CORP\\alice'])
        it(`${eap} with ${inner} lets ${identity} in with the right password alone`, async () => {
          const from = radgate.log.length;
          const { success, output } = await login({ eap, inner, identity, password });
          expect(success, output).to.equal(true);
          expect(await login({ eap, inner, identity, password: 'wrong' })).to.include({ success: false });
          expect(await reasons(from, 2)).to.deep.equal(['factor-not-required', 'password-wrong']);
        });

    it('TTLS with MSCHAP, its version 1, is refused: the log says why', async () => {
      const from = radgate.log.length;
      const { success } = await login({ eap: 'TTLS', inner: 'MSCHAP', identity: 'alice', password });
      expect(success).to.equal(false);
      expect(await reasons(from, 1)).to.deep.equal(['credential-unsupported']);
    });
  });

  describe('asked by radclient', () => {
    const ask = async (server: string, shared: string, attributes: readonly AttributePair[]) => {
      const signed = [['Message-Authenticator', '0x00'], ...attributes] as const;
      return radclientReply({ server, secret: shared, attributes: signed });
    };
    const askRadgate = (...attributes: readonly AttributePair[]): Promise<RadclientReply> =>
      ask(hostPort(at.address, at.port), secret, attributes);

    const askEdge = (...attributes: readonly AttributePair[]): Promise<RadclientReply> =>
      ask(edge.server, edge.secret, attributes);

    it('CHAP, with the challenge in the Request Authenticator and in CHAP-Challenge', async () => {
      const name: AttributePair = ['User-Name', 'carol'];
      const challenge: AttributePair = ['CHAP-Challenge', `0x${randomBytes(24).toString('hex')}`];
      expect((await askRadgate(name, ['CHAP-Password', plain])).code).to.equal('Access-Accept');
      expect((await askRadgate(name, challenge, ['CHAP-Password', plain])).code).to.equal('Access-Accept');
      expect((await askRadgate(name, ['CHAP-Password', 'wrong'])).code).to.equal('Access-Reject');
      expect((await askRadgate(['User-Name', 'bob'], ['CHAP-Password', plain])).code).to.equal('Access-Reject');
    });

    it("MS-CHAPv2: what proves the server and the keys are FreeRADIUS's, octet for octet", async () => {
      for (const userName of ['alice', 'CORP\\alice']) {
        const [challenge, peerChallenge] = [randomBytes(16), randomBytes(16)];
        const hashed = challengeHash(peerChallenge, challenge, Buffer.from('alice'));
        const response = challengeResponse(hashed, ntHash(password));
        const value = Buffer.concat([Buffer.of(0x2a, 0), peerChallenge, Buffer.alloc(8), response]);
        const request: readonly AttributePair[] = [
          ['MS-CHAP-Challenge', `0x${challenge.toString('hex')}`],
          ['MS-CHAP2-Response', `0x${value.toString('hex')}`],
        ];
        const [own, theirs] = [
          await askRadgate(['User-Name', userName], ...request),
          await askEdge(['User-Name', 'alice'], ...request),
        ];
        expect([own.code, theirs.code]).to.deep.equal(['Access-Accept', 'Access-Accept']);
        for (const name of ['MS-CHAP2-Success', 'MS-MPPE-Send-Key', 'MS-MPPE-Recv-Key']) {
          const values = valuesOf(own.attributes, name);
          expect(values, name).to.have.length(1);
          expect(values, name).to.deep.equal(valuesOf(theirs.attributes, name));
        }
        expect(valuesOf(own.attributes, 'MS-MPPE-Encryption-Policy')).to.deep.equal(['Encryption-Allowed']);
        // FreeRADIUS also lets 40 bits be negotiated.
        expect(valuesOf(own.attributes, 'MS-MPPE-Encryption-Types')).to.deep.equal(['4']);
      }
    });
  });
});
