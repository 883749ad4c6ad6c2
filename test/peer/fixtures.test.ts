import { expect } from 'chai';
import { valuesOf } from './attributes.ts';
import { startFreeRadius } from './freeradius.ts';
import type { FreeRadius } from './freeradius.ts';
import {
  accessRequest,
  attribute,
  Code,
  parsePacket,
  reply,
  revealPassword,
  statusServer,
  Type,
  valuesOfType,
  verifyReply,
  verifySignedReply,
} from './packet-bytes.ts';
import { pamtester } from './pamtester.ts';
import { peer } from './peer.ts';
import { radclient } from './radclient.ts';
import { totp, wrongCode } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const secret = 'the secret of the fixtures';

/** Unlang of a home server that asks carol for the code 123456, and once more after the first wrong one. */
const challenging = `
    if (&User-Name == "carol" && &State && &User-Password == "123456") {
      update control {
        &Auth-Type := Accept
      }
    }
    elsif (&User-Name == "carol" && (!&State || &State != 0x0e0f)) {
      update control {
        &Auth-Type := Accept
        &Response-Packet-Type := Access-Challenge
      }
      if (&State) {
        update reply {
          &Reply-Message := "Wrong. Code: "
          &State := 0x0e0f
        }
      }
      else {
        update reply {
          &Reply-Message := "Code: "
          &State := 0x0a0b0c0d
        }
      }
    }`;

async function refused(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'settled',
    (error: Error) => error.message,
  );
}

peer('freeradius', 'radclient')('fixtures: FreeRADIUS and radclient', () => {
  let home: FreeRadius;
  before(async () => {
    home = await startFreeRadius({
      secret,
      authorize: challenging,
      rejectReply: [['Reply-Message', 'Not you']],
      users: {
        alice: {
          password: 'wonder "land" \\ 100%',
          reply: [
            ['Class', '0x00ff80414243'],
            ['Framed-IP-Address', '192.0.2.7'],
            ['Reply-Message', 'one'],
            ['Cisco-AVPair', 'shell:priv-lvl=15'],
            ['Reply-Message', 'two'],
            ['MS-Primary-DNS-Server', '192.0.2.53'],
            ['Filter-Id', 'staff'],
          ],
        },
        bob: { password: Buffer.from('c3a928', 'hex') },
        eve: { password: Buffer.from('fffe80', 'hex') },
      },
    });
  });
  after(() => home.stop());

  it('accepts a right password, with the reply attributes in order', async () => {
    const { reply: answer, sent } = await radclient({
      server: home.server,
      secret,
      attributes: [
        ['User-Name', 'alice'],
        ['User-Password', 'wonder "land" \\ 100%'],
      ],
    });
    expect(sent).to.equal(1);
    expect(answer).to.deep.equal({
      code: 'Access-Accept',
      identifier: answer?.identifier,
      state: undefined,
      attributes: [
        { name: 'Class', value: '0x00ff80414243' },
        { name: 'Framed-IP-Address', value: '192.0.2.7' },
        { name: 'Reply-Message', value: 'one' },
        { name: 'Cisco-AVPair', value: 'shell:priv-lvl=15' },
        { name: 'Reply-Message', value: 'two' },
        { name: 'MS-Primary-DNS-Server', value: '192.0.2.53' },
        { name: 'Filter-Id', value: 'staff' },
      ],
    });
  });

  it('rejects a wrong password, with the attributes of a reject', async () => {
    const { reply: answer } = await radclient({
      server: home.server,
      secret,
      attributes: [
        ['User-Name', 'alice'],
        ['User-Password', 'wrong'],
      ],
    });
    expect(answer?.code).to.equal('Access-Reject');
    expect(answer?.attributes).to.deep.equal([{ name: 'Reply-Message', value: 'Not you' }]);
  });

  it('takes passwords as bytes', async () => {
    for (const [user, hex, code] of [
      ['bob', 'c3a928', 'Access-Accept'],
      ['eve', 'fffe80', 'Access-Accept'],
      ['eve', 'fffe81', 'Access-Reject'],
    ] as const) {
      const client = await UdpClient.open();
      const request = accessRequest({ identifier: 1, secret, user, password: Buffer.from(hex, 'hex') });
      const packet = verifyReply(await client.exchange(request, home), request, secret);
      expect(packet.code, hex).to.equal(code === 'Access-Accept' ? Code.accessAccept : Code.accessReject);
      await client.close();
    }
  });

  it('challenges, and radclient answers with the State', async () => {
    const credentials = [
      ['User-Name', 'carol'],
      ['User-Password', 'anything'],
    ] as const;
    const first = await radclient({ server: home.server, secret, attributes: credentials });
    expect(first.reply?.code).to.equal('Access-Challenge');
    expect(first.reply?.state).to.equal('0x0a0b0c0d');
    const second = await radclient({
      server: home.server,
      secret,
      attributes: [
        ['User-Name', 'carol'],
        ['User-Password', '123456'],
        ['State', first.reply?.state ?? ''],
      ],
    });
    expect(second.reply?.code).to.equal('Access-Accept');
  });

  it('tells what it has received, in order', async () => {
    const before = (await home.requests()).length;
    const { reply: answer } = await radclient({
      server: home.server,
      secret,
      attributes: [
        ['Message-Authenticator', '0x00'],
        ['User-Name', 'alice'],
        ['User-Password', 'tab\tor "quote"'],
        ['Proxy-State', '0x0102'],
        ['Calling-Station-Id', '198.51.100.7'],
        ['Proxy-State', '0x03'],
      ],
    });
    const [request, ...more] = (await home.requests()).slice(before);
    expect(more).to.deep.equal([]);
    expect(request).to.include({ code: 'Access-Request', identifier: answer?.identifier });
    expect(request?.attributes.slice(1)).to.deep.equal([
      { name: 'User-Name', value: 'alice' },
      { name: 'User-Password', value: 'tab\tor "quote"' },
      { name: 'Proxy-State', value: '0x0102' },
      { name: 'Calling-Station-Id', value: '198.51.100.7' },
      { name: 'Proxy-State', value: '0x03' },
    ]);
    expect(valuesOf(request?.attributes ?? [], 'Message-Authenticator')[0]).to.match(/^0x[0-9a-f]{32}$/);
  });

  it('gives radclient no reply where the secrets differ', async () => {
    const { reply: answer } = await radclient({
      server: home.server,
      secret: 'another secret',
      timeout: 1,
      attributes: [['Message-Authenticator', '0x00']],
      command: 'status',
    });
    expect(answer).to.equal(undefined);
  });

  it('demands a Message-Authenticator when told to', async () => {
    const strict = await startFreeRadius({
      secret,
      address: '::1',
      requireMessageAuthenticator: true,
      users: { alice: { password: 'wonderland' } },
    });
    try {
      const client = await UdpClient.open('::1');
      const common = { secret, user: 'alice', password: 'wonderland' };
      await client.send(accessRequest({ ...common, identifier: 1, messageAuthenticator: 'none' }), strict);
      await client.send(accessRequest({ ...common, identifier: 2, messageAuthenticator: 'wrong' }), strict);
      await client.expectSilence(strict, secret);
      const request = accessRequest({ ...common, identifier: 3, messageAuthenticator: 'last' });
      expect(verifyReply(await client.exchange(request, strict), request, secret).code).to.equal(Code.accessAccept);
      await client.close();
      expect((await strict.requests()).map((each) => each.identifier)).to.deep.equal([3]);
    } finally {
      await strict.stop();
    }
  });
});

peer('freeradius')('fixtures: the UDP client, against FreeRADIUS', () => {
  let home: FreeRadius;
  let client: UdpClient;
  before(async () => {
    home = await startFreeRadius({
      secret,
      users: {
        plain: { password: 'a password of more than sixteen octets' },
        signed: { password: 'short', reply: [['Message-Authenticator', '0x00']] },
      },
    });
  });
  after(() => home.stop());
  beforeEach(async () => {
    client = await UdpClient.open();
  });
  afterEach(() => client.close());

  it('builds requests that it accepts, wherever the Message-Authenticator stands', async () => {
    for (const messageAuthenticator of ['first', 'last', 'none'] as const) {
      const password = 'a password of more than sixteen octets';
      const request = accessRequest({ identifier: 1, secret, user: 'plain', password, messageAuthenticator });
      expect(revealPassword(parsePacket(request), secret).toString()).to.equal(password);
      const packet = verifyReply(await client.exchange(request, home), request, secret);
      expect(packet.code).to.equal(Code.accessAccept);
      expect(packet.attributes).to.deep.equal([]);
    }
  });

  it('verifies its replies, and refuses altered ones', async () => {
    const request = accessRequest({ identifier: 9, secret, user: 'signed', password: 'short' });
    const bytes = await client.exchange(request, home);
    expect(verifySignedReply(bytes, request, secret).code).to.equal(Code.accessAccept);
    expect(() => verifyReply(bytes, request, 'another secret')).to.throw('wrong Response Authenticator');
    const otherRequest = accessRequest({ identifier: 9, secret, user: 'signed', password: 'short' });
    expect(() => verifyReply(bytes, otherRequest, secret)).to.throw('wrong Response Authenticator');
    expect(() => verifyReply(Buffer.concat([bytes, Buffer.of(0)]), request, secret)).to.throw('wrong length');
  });

  it('builds replies that it would take itself, and forgeries that it would not', () => {
    const request = accessRequest({ identifier: 3, secret, user: 'x', password: 'y' });
    const filter = attribute(Type.filterId, 'staff');
    const answer = (options: Partial<Parameters<typeof reply>[2]>): Buffer =>
      reply(Code.accessAccept, parsePacket(request), { secret, attributes: [filter], ...options });
    const packet = verifySignedReply(answer({}), request, secret);
    expect(valuesOfType(packet, Type.filterId).map(String)).to.deep.equal(['staff']);
    const verify = (bytes: Buffer) => (): unknown => verifySignedReply(bytes, request, secret);
    expect(verify(answer({ messageAuthenticator: 'last' }))).to.throw('Message-Authenticator is not first');
    expect(verify(answer({ messageAuthenticator: 'wrong' }))).to.throw('wrong Message-Authenticator');
    expect(verify(answer({ forged: true }))).to.throw('wrong Response Authenticator');
  });

  it('proves silence, and finds an answer where there should be none', async () => {
    await client.send(Buffer.from('not a packet'), home);
    await client.send(statusServer({ identifier: 1, secret: 'another secret' }), home);
    await client.expectSilence(home, secret);
    await client.send(accessRequest({ identifier: 2, secret, user: 'plain', password: 'wrong' }), home);
    expect(await refused(client.expectSilence(home, secret))).to.match(/^expected silence, got 0302/);
  });

  it('gives up on an answer at its deadline', async () => {
    const silent = await UdpClient.open();
    await client.send(Buffer.from('hello'), silent);
    const { bytes, from } = await silent.next();
    expect(bytes.toString()).to.equal('hello');
    expect(from.port).to.equal(client.port);
    expect(await refused(client.next(20))).to.equal(`waited 20 ms for a datagram at port ${client.port}`);
    await silent.close();
  });
});

peer(
  'freeradius',
  'pam_radius',
  'pamtester',
)('fixtures: PAM, against FreeRADIUS', () => {
  let home: FreeRadius;
  before(async () => {
    home = await startFreeRadius({
      secret: 'one-word',
      authorize: challenging,
      users: { alice: { password: 'wonder land' } },
    });
  });
  after(() => home.stop());
  const login = (user: string, ...answers: string[]) =>
    pamtester({ server: home.server, secret: 'one-word', user, answers });

  it('authenticates with the right password', async () => {
    expect(await login('alice', 'wonder land')).to.deep.equal({
      code: 0,
      prompts: ['Password: '],
      message: 'pamtester: successfully authenticated',
    });
  });

  it('fails with a wrong password', async () => {
    expect(await login('alice', 'wrong')).to.deep.equal({
      code: 1,
      prompts: ['Password: '],
      message: 'pamtester: Authentication failure',
    });
  });

  it('shows a challenge and answers it', async () => {
    const { code, prompts } = await login('carol', 'any', '000000', '123456');
    expect(prompts).to.deep.equal(['Password: ', 'Code: ', 'Wrong. Code: ']);
    expect(code).to.equal(0);
  });

  it('fails when nothing is typed at the challenge', async () => {
    const { code, prompts } = await login('carol', 'any');
    expect(code).to.equal(1);
    expect(prompts.slice(0, 2)).to.deep.equal(['Password: ', 'Code: ']);
  });
});

describe('fixtures: codes', () => {
  // RFC 6238 appendix B, the secret "12345678901234567890" in base32.
  const oath = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

  it('computes the codes of RFC 6238 and of the steps around', () => {
    expect(totp(oath, { at: 59_000, digits: 8 })).to.equal('94287082');
    expect(totp(oath, { at: 29_000, steps: 1, digits: 8 })).to.equal('94287082');
    expect(totp(oath, { at: 89_000, steps: -1, digits: 8 })).to.equal('94287082');
    expect(totp(oath, { at: 59_000 })).to.equal('287082');
  });

  it('finds codes that are wrong', () => {
    expect(wrongCode(oath)).to.match(/^\d{6}$/);
    expect(wrongCode(oath, 1)).not.to.equal(wrongCode(oath, 0));
    expect([-1, 0, 1].map((steps) => totp(oath, { steps }))).not.to.include(wrongCode(oath));
  });
});
