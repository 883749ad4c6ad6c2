import { expect } from 'chai';
import { valuesOf, type AttributePair } from './attributes.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { peer } from './peer.ts';
import { radclientReply, type RadclientReply } from './radclient.ts';
import { succeed } from './radgate.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';

const name = '#ACSACL#-IP-STAFF-4f2a';
const pairs: readonly AttributePair[] = [
  ['Cisco-AVPair', 'aaa:service=ip-admission'],
  ['Cisco-AVPair', 'aaa:event=acl-download'],
];
const signed: AttributePair = ['Message-Authenticator', '0x00'];
const lines = ['ip:inacl#1=permit ip any 192.0.2.0 255.255.255.0', 'ip:inacl#2=deny ip any any'];

/** As a server with ACLs: it gives them to who says that he fetches one, in two parts, and to whoever has the password. */
const server = `if (&User-Name == "${name}" && &Cisco-AVPair[*] == "aaa:event=acl-download" && !&State) {
  update reply {
    &Cisco-AVPair += "${lines[0]}"
    &State := 0x706172742032
  }
  update control { &Response-Packet-Type := Access-Challenge }
  handled
}
if (&User-Name == "${name}" && &Cisco-AVPair[*] == "aaa:event=acl-download") {
  update reply {
    &Class := "of a login"
    &Cisco-AVPair += "${lines[1]}"
    &Cisco-AVPair += "shell:priv-lvl=15"
  }
  update control { &Auth-Type := Accept }
}
if (&User-Name == "#ACSACL#-IP-NONE" && !&User-Password) {
  update reply { &Class := "of a login" }
  update control { &Auth-Type := Accept }
}`;

peer('freeradius', 'radclient')('ACLs that Cisco devices fetch, FreeRADIUS upstream', function () {
  this.timeout(30_000);
  let home: FreeRadius;
  let scene: Scene;
  before(async function () {
    this.timeout(60_000);
    home = await startFreeRadius({
      secret: upstreamSecret,
      users: { [name]: { password: 'wonderland' }, alice: { password: 'wonderland' } },
      authorize: server,
    });
    scene = await startScene({
      upstream: [home.server],
      client: 'profile = "anyconnect"\nmessage_authenticator = "off"',
      more: '[lockout]\nfailures = 2',
    });
  });
  after(async () => {
    await scene?.stop();
    await home?.stop();
  });

  const ask = async (attributes: readonly AttributePair[]): Promise<RadclientReply> => {
    return radclientReply({ server: scene.server, secret: clientSecret, attributes });
  };

  it('a long one comes in parts, without a factor, and nothing but its lines', async () => {
    const first = await ask([signed, ['User-Name', name], ...pairs]);
    expect([first.code, valuesOf(first.attributes, 'Cisco-AVPair')]).to.deep.equal(['Access-Challenge', [lines[0]]]);
    const rest = await ask([signed, ['User-Name', name], ...pairs, ['State', first.state ?? '']]);
    expect(rest.code).to.equal('Access-Accept');
    expect(rest.attributes.filter(({ name: one }) => one !== 'Message-Authenticator')).to.deep.equal([
      { name: 'Cisco-AVPair', value: lines[1] },
    ]);
    const [request] = (await home.requests()).slice(-2);
    expect(request && valuesOf(request.attributes, 'Cisco-AVPair')).to.deep.equal(pairs.map(([, value]) => value));
  });

  it('without Message-Authenticator it is refused, and the server is not asked', async () => {
    const before = (await home.requests()).length;
    expect((await ask([['User-Name', name], ...pairs])).code).to.equal('Access-Reject');
    await scene.radgate.waitForLogin(name, 'acl-unsigned');
    expect((await home.requests()).length).to.equal(before);
  });

  it('an Accept that could be a login is none', async () => {
    const refused = await ask([signed, ['User-Name', '#ACSACL#-IP-NONE'], ...pairs]);
    expect([refused.code, valuesOf(refused.attributes, 'Class')]).to.deep.equal(['Access-Reject', []]);
    await scene.radgate.waitForLogin('#ACSACL#-IP-NONE', 'acl-missing');
  });

  it('who logs in under such a name with the right password does not come in without a factor', async () => {
    const password = ['User-Password', 'wonderland'] as const;
    // The device writes no pair into a login; and with a password it would be no download even so.
    for (const attributes of [[], pairs]) {
      const reply = await ask([signed, ['User-Name', name], password, ...attributes]);
      expect(reply.code).to.be.oneOf(['Access-Reject', 'Access-Challenge']);
    }
    const alone = await ask([signed, ['User-Name', name], password]);
    expect(alone.code).to.equal('Access-Reject');
    await scene.radgate.waitForLogin(name, 'not-enrolled');
    expect((await ask([signed, ['User-Name', 'alice'], ...pairs])).code, "a user's name").to.equal('Access-Reject');
  });

  it('nobody is locked by it, and the audit has what was fetched', async () => {
    for (let i = 0; i < 4; i++) await ask([signed, ['User-Name', name], ...pairs]);
    const { stdout } = await succeed(scene.radgate.cli(['report', 'logins', '--json']));
    expect(stdout).to.contain('acl-downloaded');
    const usage = await succeed(scene.radgate.cli(['report', 'usage', '--json']));
    expect(usage.stdout, 'it is no user').to.not.contain('"users": 1');
    expect((await ask([signed, ['User-Name', name], ...pairs])).code).to.equal('Access-Challenge');
  });
});
