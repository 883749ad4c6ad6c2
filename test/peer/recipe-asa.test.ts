import { expect } from 'chai';
import { startApprovalRecipe, type ApprovalRecipe } from './approval-recipe.ts';
import { valuesOf, type AttributePair } from './attributes.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { peer } from './peer.ts';
import { radclientReply, type RadclientReply } from './radclient.ts';
import { succeed } from './radgate.ts';
import { clientSecret, enrol, upstreamSecret } from './scene.ts';
import { totp } from './totp.ts';

const password = 'wonderland';
const people = ['approves', 'declines', 'reports', 'codes'];
const signed = ['Message-Authenticator', '0x00'] as const;

peer(
  'freeradius',
  'radclient',
  'openssl',
)('recipe: ASA, NPS, approval with a code as fallback', function () {
  this.timeout(40_000);
  let nps: FreeRadius;
  let started: ApprovalRecipe;
  let oath = '';
  before(async function () {
    this.timeout(90_000);
    nps = await startFreeRadius({
      secret: upstreamSecret,
      requireMessageAuthenticator: true,
      rejectReply: [signed],
      users: Object.fromEntries(
        people.map((name) => [name, { password, reply: [signed, ['Class', 'ou=STAFF'], ['Filter-Id', 'staff']] }]),
      ),
    });
    started = await startApprovalRecipe({
      page: 'asa-nps-push',
      secrets: { '/etc/radgate/asa.secret': clientSecret, '/etc/radgate/nps.secret': upstreamSecret },
      replaced: { '192.0.2.10': '127.0.0.1', 'deadline = "60s"': 'deadline = "7s"', '192.0.2.5:1812': nps.server },
      prepare: async (cli) => {
        for (const name of people) await succeed(cli(['user', 'add', name, '--email', `${name}@corp.example`]));
        oath = await enrol(cli, 'codes');
      },
    });
  });
  after(async () => {
    await started?.stop();
    await nps?.stop();
  });

  /** As the ASA asks: again and again while it waits. */
  const say = async (user: string, typed: string, state?: string): Promise<RadclientReply> => {
    const attributes: AttributePair[] = [
      signed,
      ['User-Name', user],
      ['User-Password', typed],
      ['Calling-Station-Id', '198.51.100.7'],
      ['NAS-Port-Type', 'Virtual'],
      ['Cisco-AVPair', 'mdm-tlv=device-platform=win'],
      ...(state === undefined ? [] : ([['State', state]] as const)),
    ];
    return radclientReply({
      server: started.server,
      secret: clientSecret,
      attributes,
      tries: 6,
      timeout: 2,
    });
  };
  const text = ({ attributes }: RadclientReply): string => valuesOf(attributes, 'Reply-Message').join('');

  it('the login waits for the press, and then has what NPS grants', async () => {
    const login = say('approves', password);
    expect(await started.links.press(await started.links.next('approves@'), 'approve')).to.contain('Approved');
    const { code, attributes } = await login;
    expect(code).to.equal('Access-Accept');
    expect([valuesOf(attributes, 'Class'), valuesOf(attributes, 'Filter-Id')]).to.deep.equal([
      [`0x${Buffer.from('ou=STAFF').toString('hex')}`],
      ['staff'],
    ]);
    expect(
      (await nps.requests()).filter(({ attributes: sent }) => valuesOf(sent, 'User-Name')[0] === 'approves'),
    ).to.have.length(1);
  });

  it('a decline, and a login that is reported, are refused at once; the alert goes out', async () => {
    for (const [user, decision] of [
      ['declines', 'decline'],
      ['reports', 'fraud'],
    ] as const) {
      const login = say(user, password);
      await started.links.press(await started.links.next(`${user}@`), decision);
      const refused = await login;
      expect([refused.code, text(refused)], user).to.deep.equal(['Access-Reject', 'The login was declined.']);
    }
    await started.mail.mails.waitFor((one) => one.includes('security@corp.example'), 'the alert');
  });

  it('nobody presses: a prompt follows, and a code of the app lets in', async () => {
    const asked = await say('codes', password);
    expect([asked.code, text(asked)]).to.satisfy(
      ([code, prompt]: readonly [string, string]) => code === 'Access-Challenge' && /pick \d\d there/.test(prompt),
    );
    expect((await say('codes', totp(oath), asked.state)).code).to.equal('Access-Accept');
  });

  it('a wrong password reaches nobody', async () => {
    const sent = async (): Promise<unknown> =>
      JSON.parse((await succeed(started.radgate.cli(['deliver', 'list', 'approves', '--json']))).stdout);
    const before = await sent();
    expect(before).to.have.property('total', 1);
    expect((await say('approves', 'wrong')).code).to.equal('Access-Reject');
    expect(await sent()).to.deep.equal(before);
  });
});
