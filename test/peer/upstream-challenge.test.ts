import { expect } from 'chai';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { accessRequest, Code, statusServer, Type, valuesOfType, type RawPacket } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { ask, clientSecret, prompt, startScene, upstreamSecret, type Scene } from './scene.ts';
import { totp } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const state = '0x74686569727300ff';

/** Asks for a token of its own behind the password, then for a new password; both with a State of its own. */
const authorize = `
    if (!&State) {
      if (&User-Password == "the password") {
        update reply {
          &Reply-Message := "Token: "
          &State := ${state}
        }
        update control {
          &Response-Packet-Type := Access-Challenge
        }
        handled
      }
    }
    elsif (&State == ${state}) {
      if (&User-Password == "271828") {
        update reply {
          &Reply-Message := "New password: "
          &State := 0x6e657874
          &Session-Timeout := 60
        }
        update control {
          &Response-Packet-Type := Access-Challenge
        }
        handled
      }
    }
    elsif (&State == 0x6e657874) {
      update control {
        &Auth-Type := Accept
      }
    }
`;

const text = (packet: RawPacket): string => valuesOfType(packet, Type.replyMessage).join('');
const stateOf = (packet: RawPacket): Buffer => valuesOfType(packet, Type.state)[0] ?? expect.fail('no State');

peer('freeradius')('an upstream that asks questions of its own', function () {
  this.timeout(20_000);
  const homes: FreeRadius[] = [];
  let scene: Scene;
  let client: UdpClient;
  before(async function () {
    this.timeout(60_000);
    const options = { secret: upstreamSecret, authorize, users: {} };
    homes.push(...(await Promise.all([startFreeRadius(options), startFreeRadius(options)])));
    scene = await startScene({ upstream: homes.map(({ server }) => server), enrolled: ['alice', 'bob', 'carol'] });
    client = await UdpClient.open();
  });
  after(async () => {
    await client.close();
    await scene.stop();
    await Promise.all(homes.map((home) => home.stop()));
  });

  let identifier = 0;
  const say = (user: string, password: string, answers?: RawPacket): Promise<RawPacket> => {
    identifier++;
    const attributes = answers ? [{ type: Type.state, value: stateOf(answers) }] : [];
    return ask(client, scene, { identifier, user, password, attributes });
  };

  it('is relayed round by round, and then our code is asked for', async () => {
    const token = await say('alice', 'the password');
    expect([token.code, text(token)]).to.deep.equal([Code.accessChallenge, 'Token: ']);
    expect(stateOf(token), 'a State of ours').not.to.deep.equal(Buffer.from(state.slice(2), 'hex'));
    const change = await say('alice', '271828', token);
    expect([change.code, text(change)]).to.deep.equal([Code.accessChallenge, 'New password: ']);
    expect(valuesOfType(change, 27), 'what else it said').to.have.length(1);
    const code = await say('alice', 'a new password', change);
    expect([code.code, text(code)]).to.deep.equal([Code.accessChallenge, prompt]);
    expect((await say('alice', totp(scene.oath('alice')), code)).code).to.equal(Code.accessAccept);
  });

  it('is answered in its own words when the answer is wrong, and asked nothing more', async () => {
    const token = await say('bob', 'the password');
    const refused = await say('bob', '000000', token);
    expect(refused.code).to.equal(Code.accessReject);
    const late = await say('bob', '271828', token);
    expect([late.code, text(late)]).to.deep.equal([Code.accessReject, 'Your login has expired. Please log in again.']);
  });

  it("a State is not another user's, nor a password's", async () => {
    const token = await say('bob', 'the password');
    expect((await say('carol', '271828', token)).code).to.equal(Code.accessReject);
    expect((await say('bob', '271828', token)).code, 'it was not spent').to.equal(Code.accessChallenge);
  });

  it('goes on with the server that asked, and with no other when that one is gone', async () => {
    const [first, second] = homes;
    if (!first || !second) throw new Error('two servers');
    const token = await say('carol', 'the password');
    const asked = (await second.requests()).length;
    await first.stop();
    homes.splice(0, 1);
    const password = '271828';
    const attributes = [{ type: Type.state, value: stateOf(token) }];
    const request = accessRequest({ secret: clientSecret, identifier: 200, user: 'carol', password, attributes });
    await client.send(request, scene.nas);
    await scene.radgate.waitForLogin('carol', 'silence');
    const bytes = statusServer({ secret: clientSecret, identifier: 201 });
    expect((await client.exchange(bytes, scene.nas))[1], 'nothing else was answered').to.equal(201);
    expect((await second.requests()).length).to.equal(asked);
  });
});
