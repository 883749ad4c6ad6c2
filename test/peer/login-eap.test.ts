import { expect } from 'chai';
import { client } from './config-parts.ts';
import { eapolTest, type EapolTestOptions, type EapolTestResult } from './eapol-test.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { peer } from './peer.ts';
import { succeed, type LogEntry } from './radgate.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';

/** The NAS of each rule, by the address that it asks from. */
const nas = {
  required: '127.0.0.1',
  none: '127.0.0.2',
  ifEnrolled: '127.0.0.3',
  unproven: '127.0.0.4',
  verified: '127.0.0.6',
} as const;

const passwords = { alice: 'wonderland', bob: 'the builder' };
const users = Object.fromEntries(Object.entries(passwords).map(([name, password]) => [name, { password }]));

/** Methods that FreeRADIUS and wpa_supplicant both speak; the last makes no keys. */
const methods = [
  { eap: 'PEAP', inner: 'MSCHAPV2' },
  { eap: 'PEAP', inner: 'GTC' },
  { eap: 'TTLS', inner: 'PAP' },
  { eap: 'TTLS', inner: 'MSCHAPV2' },
  { eap: 'MSCHAPV2' },
  { eap: 'MD5' },
] as const;

const nasOf = (name: string, address: string, primary: string, factor: string): string =>
  client(name, address, `primary = "${primary}"\nfactor = "${factor}"`);

peer('freeradius', 'eapol_test')('login with EAP, FreeRADIUS upstream', function () {
  this.timeout(30_000);
  let naming: FreeRadius;
  let silent: FreeRadius;
  let scene: Scene;
  before(async function () {
    this.timeout(60_000);
    const home = { secret: upstreamSecret, users };
    [naming, silent] = await Promise.all([
      startFreeRadius({ ...home, eap: { namesInner: true } }),
      startFreeRadius({ ...home, eap: { namesInner: false } }),
    ]);
    const other = (name: string, own: string): string => `[[primary]]
name = "${name}"
type = "radius"
server = "${silent.server}"
secret = "${upstreamSecret}"
${own}
`;
    scene = await startScene({
      upstream: [naming.server],
      enrolled: ['alice'],
      client: 'primary = "home"',
      primary: 'outer_identity = "named"',
      more: [
        nasOf('none', nas.none, 'home', 'none'),
        nasOf('if-enrolled', nas.ifEnrolled, 'home', 'if-enrolled'),
        nasOf('unproven', nas.unproven, 'unproven', 'none'),
        nasOf('verified', nas.verified, 'verified', 'none'),
        other('unproven', ''),
        other('verified', 'outer_identity = "verified"'),
      ].join('\n'),
    });
  });
  after(async () => {
    await scene.stop();
    await Promise.all([naming.stop(), silent.stop()]);
  });

  const login = async (
    from: string,
    identity: keyof typeof passwords,
    own: Partial<EapolTestOptions> & Pick<EapolTestOptions, 'eap'>,
  ): Promise<EapolTestResult> => {
    mark = scene.radgate.log.length;
    const { authority, name } = from === nas.unproven || from === nas.verified ? silent : naming;
    const server = { ...scene.nas, secret: clientSecret, authority, name };
    return eapolTest({ server, from, identity, password: passwords[identity], ...own });
  };
  /** Lines of the log from here on are of the login that comes next. */
  let mark = 0;
  const since = (): LogEntry[] => scene.radgate.log.slice(mark);
  /** What the log says that the login came to. */
  const verdict = (): Promise<LogEntry> =>
    scene.radgate.waitForLog(
      (line) => since().includes(line) && (line['verdict'] === 'accept' || line['verdict'] === 'reject'),
      'the verdict in the log',
    );
  const reason = async (): Promise<unknown> => (await verdict())['reason'];

  for (const how of methods) {
    const name = 'inner' in how ? `${how.eap} with ${how.inner}` : how.eap;

    it(`${name}: the right password, and no factor is asked: accepted, with the keys that the user's machine made`, async () => {
      const { success, output } = await login(nas.none, 'alice', how);
      expect(success, output).to.equal(true);
      if (how.eap !== 'MD5') expect(output).to.match(/MPPE keys OK: 1 {2}mismatch: 0/);
      expect(await reason()).to.equal('factor-not-required');
    });

    it(`${name}: a wrong password: EAP-Failure`, async () => {
      const { success, failure, output } = await login(nas.none, 'alice', { ...how, password: 'wrong' });
      expect(success).to.equal(false);
      expect(failure, output).to.equal(true);
      expect(await reason()).to.equal('upstream-rejected');
    });

    it(`${name}: the right password, and a code would be asked: EAP-Failure, and the log says that codes need PAP`, async () => {
      const { success, failure, output } = await login(nas.required, 'alice', how);
      expect(success).to.equal(false);
      expect(failure, output).to.equal(true);
      expect(await reason()).to.equal('code-needs-pap');
    });
  }

  const peap = { eap: 'PEAP', inner: 'MSCHAPV2' } as const;

  it("one person's password under another's outer name is that person's login: his factor is asked", async () => {
    const { success } = await login(nas.ifEnrolled, 'alice', { ...peap, outer: 'bob' });
    expect(success).to.equal(false);
    expect(await reason()).to.equal('code-needs-pap');
  });

  it('who is not enrolled does not meet the factor of whom he names outside', async () => {
    const { success, output } = await login(nas.ifEnrolled, 'bob', { ...peap, outer: 'alice' });
    expect(success, output).to.equal(true);
    expect(await reason()).to.equal('not-enrolled-allowed');
  });

  it('an upstream that is not said to name who is inside is not believed: FreeRADIUS tells the name outside by itself', async () => {
    for (const outer of ['alice', 'bob', 'anonymous']) {
      const { success, failure } = await login(nas.unproven, 'alice', { ...peap, outer });
      expect([success, failure], outer).to.deep.equal([false, true]);
      expect(await reason()).to.equal('name-unproven');
    }
  });

  it('unless the upstream is said to verify the outer name', async () => {
    const { success, output } = await login(nas.verified, 'alice', peap);
    expect(success, output).to.equal(true);
    expect((await verdict())['verdict']).to.equal('accept');
  });

  it('a bypass serves one login, and no second', async () => {
    await succeed(scene.radgate.cli(['user', 'bypass', 'alice', '--reason', 'phone in the river']));
    const { success, output } = await login(nas.required, 'alice', peap);
    expect(success, output).to.equal(true);
    expect(output).to.match(/MPPE keys OK: 1 {2}mismatch: 0/);
    expect(await reason()).to.equal('bypass-used');
    expect((await login(nas.required, 'alice', peap)).success).to.equal(false);
    expect(await reason()).to.equal('code-needs-pap');
  });

  it('is one login with one id, however many rounds it takes', async () => {
    const { rounds } = await login(nas.none, 'alice', peap);
    expect(await verdict()).to.include({ verdict: 'accept', user: 'alice' });
    const lines = since().filter((line) => line['verdict'] !== undefined);
    expect(rounds).to.be.above(5);
    expect(lines).to.have.length(rounds);
    expect(new Set(lines.map((line) => line['login'])).size).to.equal(1);
  });
});
