import { createHash, randomBytes, randomInt } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { hotp } from '../../../src/factor/oath.ts';
import { mppeKeys } from '../../../src/packet/mppe.ts';
import { challengeHash, challengeResponse, ntHash } from '../../../src/packet/mschap.ts';
import { hashPassword } from '../../../src/primary/password-hash.ts';
import { HomeServer } from '../../support/home-server.ts';
import { ScratchStore } from '../../support/scratch-store.ts';
import { ServedProgram } from '../../support/served-program.ts';
import { spellings } from '../../support/spellings.ts';
import {
  accessRequest,
  attribute,
  Code,
  parsePacket,
  statusServer,
  Type,
  valuesOfType,
  vendorAttribute,
  verifySignedReply,
  type AccessRequestOptions,
  type RawAttribute,
  type RawPacket,
} from '../../peer/packet-bytes.ts';
import { UdpClient } from '../../peer/udp-client.ts';

const unique = (what: string): string => `${what}-${randomBytes(9).toString('base64url')}`;
/** RFC 4648 section 6. */
function base32(octets: Buffer): string {
  const bits = [...octets].map((octet) => octet.toString(2).padStart(8, '0')).join('');
  const digits = bits.match(/.{1,5}/g) ?? [];
  return digits.map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

for (const waiting of ['memory', 'store'])
  describe(`login: no secret is in the log at level trace, in an error or in the store in clear, waiting = "${waiting}"`, function () {
    this.timeout(60_000);
    let scratch: ScratchStore;
    let upstream: HomeServer;
    let program: ServedProgram;
    const clients: UdpClient[] = [];
    /** Everything that must not turn up anywhere, by what it is. */
    const secrets = new Map<string, Buffer>();
    const secret = (what: string, value: string | Buffer): string => {
      secrets.set(what, Buffer.from(value));
      return value.toString();
    };

    const clientSecret = secret("the client's secret", unique('client'));
    const nextSecret = secret("the client's next secret", unique('next'));
    const localSecret = secret("the second client's secret", unique('second'));
    const answersSecret = secret("the third client's secret", unique('third'));
    const upstreamSecret = secret("the upstream's secret", unique('upstream'));
    const passwords = {
      right: secret('a right password', unique('right')),
      local: secret('a right password of a local user', unique('local')),
      wrong: secret('a wrong password', unique('wrong')),
      unknown: secret('a password of an unknown user', unique('unknown')),
      unanswered: secret('a password that no upstream answered', unique('unanswered')),
      challenged: secret('a password that the upstream asked back on', unique('challenged')),
      unsigned: secret('a password in a request without Message-Authenticator', unique('unsigned')),
      forged: secret('a password in a forged request', unique('forged')),
      kept: secret('a password that is kept sealed', unique('kept')),
      hashed: secret('a password whose NT hash is kept sealed', unique('hashed')),
      binary: Buffer.concat([Buffer.from('\u00e9\n"'), Buffer.of(0xff, 0xfe, 0x01), randomBytes(8), Buffer.of(1)]),
    };
    secret('a password that is no text', passwords.binary);
    const hashes = { kept: ntHash(passwords.hashed), derived: ntHash(passwords.kept) };
    secret('an NT hash that is kept sealed', hashes.kept);
    secret('an NT hash that is made of a password', hashes.derived);
    // 8 digits: 6 could turn up by chance among ports, times and ids.
    const oath = { key: randomBytes(20), algorithm: 'sha1', digits: 8 } as const;
    const tunnel = secret('a Tunnel-Password', unique('tunnel'));

    before(async () => {
      scratch = await ScratchStore.open();
      const hash = await hashPassword(Buffer.from(passwords.local), randomBytes(16));
      const alice = await scratch.addUser({ names: ['alice'], password: hash });
      await scratch.addToken({ userId: alice, key: oath.key, digits: 8 });
      const kept = { kind: 'password', octets: Buffer.from(passwords.kept) } as const;
      await scratch.addUser({ names: ['keeper'], password: hash, kept });
      await scratch.addUser({ names: ['hashed'], password: hash, kept: { kind: 'nt-hash', octets: hashes.kept } });
      secret('the OATH key', oath.key);
      secret('the OATH key in base32', base32(oath.key));
      secret('the password hash', hash);
      const sealing = Buffer.from(readFileSync(scratch.keyFile, 'utf8').trim(), 'hex');
      secret('the sealing key', sealing);
      await scratch.store.close();

      const accept = { code: Code.accessAccept, attributes: [attribute(25, 'class')] };
      upstream = await HomeServer.start(upstreamSecret, (_, password) => {
        const typed = password.toString();
        if (typed === passwords.unanswered) return undefined;
        if (typed === passwords.challenged)
          return { code: Code.accessChallenge, attributes: [attribute(24, upstreamState)] };
        const right = typed === passwords.right || typed === passwords.unsigned || password.equals(passwords.binary);
        return right ? accept : { code: Code.accessReject, attributes: [attribute(18, 'no')] };
      });
      program = await ServedProgram.start(
        scratch.dir,
        `
[listen]
auth = ["127.0.0.1:0"]
[store]
url = "sqlite:${scratch.file}"
key_file = "${scratch.keyFile}"
waiting = "${waiting}"
durability = "process"
[login]
reject_delay = "0s"
attempts = 2
[totp]
window = 2
[log]
format = "json"
[[client]]
name = "upstream-users"
address = "127.0.0.1"
secret = "${clientSecret}"
secret_next = "${nextSecret}"
message_authenticator = "off"
deadline = "2s"
primary = "upstream"
[[client]]
name = "local-users"
address = "127.0.0.2"
secret = "${localSecret}"
primary = "local"
[[client]]
name = "answering-users"
address = "127.0.0.3"
secret = "${answersSecret}"
primary = "local"
factor = "none"
[[primary]]
name = "upstream"
type = "radius"
server = ["${upstream.address}"]
secret = "${upstreamSecret}"
timeout = "500ms"
[[primary]]
name = "local"
type = "local"
keep = "password"
`,
        { args: ['--log-level', 'trace'] },
      );
      clients.push(await UdpClient.open(), await UdpClient.open('127.0.0.2'), await UdpClient.open('127.0.0.3'));
    });
    after(async () => {
      await Promise.all(clients.map((client) => client.close()));
      await upstream?.close();
      await scratch?.remove();
    });

    const upstreamState = Buffer.from(secret("the upstream's own State", unique('state')));
    const [first, second, third] = [0, 1, 2];
    let identifier = 0;
    const client = (which: number): UdpClient => {
      const one = clients[which];
      if (!one) throw new Error('no client');
      return one;
    };
    const request = (own: Partial<AccessRequestOptions>): Buffer =>
      accessRequest({ identifier: (identifier = (identifier + 1) % 200), secret: clientSecret, user: 'alice', ...own });
    const ask = async (own: Partial<AccessRequestOptions>, which = first): Promise<RawPacket> => {
      const bytes = request(own);
      return verifySignedReply(await client(which).exchange(bytes, program.address), bytes, own.secret ?? clientSecret);
    };
    /** The State of a challenge, which must not turn up either. */
    const stateOf = (packet: RawPacket): Buffer => {
      const [state] = valuesOfType(packet, Type.state);
      if (!state) throw new Error(`no challenge, code ${packet.code}`);
      secret(`State number ${secrets.size}`, state);
      return state;
    };
    const code = (steps = 0): string => {
      const at = hotp(oath, Math.floor(Date.now() / 30_000) + steps);
      return secret(`the code ${steps} steps from now`, at);
    };
    const wrongCode = (): string =>
      secret(`wrong code number ${secrets.size}`, String(randomInt(10_000_000, 99_999_999)));

    /** An answer to a challenge, and what of it nobody may read: the keys that follow. */
    const msChap2 = (hash: Buffer, user: string): RawAttribute[] => {
      const [challenge, peer] = [randomBytes(16), randomBytes(16)];
      const response = challengeResponse(challengeHash(peer, challenge, Buffer.from(user)), hash);
      const { send, receive } = mppeKeys(hash, response);
      secret(`MPPE key number ${secrets.size}`, send);
      secret(`MPPE key number ${secrets.size}`, receive);
      const value = Buffer.concat([Buffer.of(1, 0), peer, Buffer.alloc(8), response]);
      return [vendorAttribute(311, 11, challenge), vendorAttribute(311, 25, value)];
    };
    const chap = (password: string): RawAttribute[] => {
      const challenge = randomBytes(16);
      const response = createHash('md5').update(Buffer.of(9)).update(password).update(challenge).digest();
      return [attribute(60, challenge), attribute(3, Buffer.concat([Buffer.of(9), response]))];
    };

    it('though they went down every path', async () => {
      // Right password, wrong code, right code; then the same answer again, the code again, and a State that is used.
      const answered = stateOf(await ask({ password: passwords.right }));
      const again = stateOf(await ask({ password: wrongCode(), state: answered }));
      const rightCode = code();
      expect((await ask({ password: rightCode, state: again })).code).to.equal(Code.accessAccept);
      await client(first).close();
      clients[first] = await UdpClient.open();
      expect((await ask({ password: rightCode, state: again })).code, 'the same answer').to.equal(Code.accessAccept);
      expect((await ask({ password: code(1), state: again })).code, 'another answer').to.equal(Code.accessReject);
      const usedAgain = stateOf(await ask({ password: passwords.right }));
      const last = stateOf(await ask({ password: rightCode, state: usedAgain }));
      expect((await ask({ password: wrongCode(), state: last })).code, 'the last one').to.equal(Code.accessReject);
      // What is no password, and passwords of every kind.
      for (const [password, expected] of [
        [passwords.wrong, Code.accessReject],
        [passwords.challenged, Code.accessChallenge],
        [passwords.binary, Code.accessChallenge],
      ] as const) {
        const reply = await ask({ password });
        expect(reply.code).to.equal(expected);
        if (expected === Code.accessChallenge) stateOf(reply);
      }
      stateOf(await ask({ password: passwords.right, secret: nextSecret }));
      stateOf(await ask({ password: passwords.unsigned, messageAuthenticator: 'none' }));
      const foreign = Buffer.from(secret('a State that was never given out', unique('foreign')));
      expect((await ask({ password: passwords.wrong, state: foreign })).code).to.equal(Code.accessReject);
      // A local user, an unknown one.
      const local = stateOf(await ask({ password: passwords.local, secret: localSecret }, second));
      expect((await ask({ password: code(1), secret: localSecret, state: local }, second)).code).to.equal(
        Code.accessAccept,
      );
      expect((await ask({ password: passwords.unknown, user: 'nobody', secret: localSecret }, second)).code).to.equal(
        Code.accessReject,
      );
      expect((await ask({ password: passwords.wrong, secret: localSecret }, second)).code).to.equal(Code.accessReject);
      // Users of whom more is kept.
      for (const [user, attributes, expected] of [
        ['keeper', chap(passwords.kept), Code.accessAccept],
        ['keeper', chap(passwords.wrong), Code.accessReject],
        ['hashed', chap(passwords.hashed), Code.accessReject],
        ['keeper', msChap2(hashes.derived, 'keeper'), Code.accessAccept],
        ['hashed', msChap2(hashes.kept, 'hashed'), Code.accessAccept],
        ['hashed', msChap2(hashes.derived, 'hashed'), Code.accessReject],
        ['alice', msChap2(hashes.derived, 'alice'), Code.accessReject],
      ] as const)
        expect((await ask({ user, attributes, secret: answersSecret }, third)).code, user).to.equal(expected);
      // What is dropped: forged, made with another secret, malformed, no answer from upstream.
      await client(second).send(
        request({ password: passwords.forged, messageAuthenticator: 'wrong' }),
        program.address,
      );
      await client(second).send(request({ password: passwords.forged, secret: clientSecret }), program.address);
      await client(second).send(
        request({ password: passwords.forged, secret: localSecret, attributes: [attribute(2, 'x')] }),
        program.address,
      );
      await client(second).send(
        request({ password: passwords.forged, secret: localSecret }).subarray(0, -1),
        program.address,
      );
      await client(second).send(
        request({
          attributes: [attribute(69, tunnel), vendorAttribute(311, 16, tunnel), attribute(2, 'x')],
          secret: localSecret,
        }),
        program.address,
      );
      await client(second).expectSilence(program.address, localSecret);
      await client(first).send(request({ password: passwords.unanswered }), program.address);
      // It is given up after two tries of 500 ms; the log tells when.
      const query = statusServer({ identifier: 250, secret: clientSecret });
      while (!program.output.some((line) => line.includes('upstream-unreachable')))
        expect(parsePacket(await client(first).exchange(query, program.address)).code).to.equal(Code.accessAccept);

      expect(await program.stop()).to.equal(0);
    });

    it('the log has a line for each of those logins', () => {
      const reasons = new Set(program.output.map((line) => (JSON.parse(line) as { reason?: string }).reason));
      expect([...reasons]).to.include.members([
        'accepted',
        'factor-not-required',
        'code-asked',
        'code-wrong',
        'code-used',
        'code-wrong-last',
        'password-wrong',
        'state-unknown',
        'upstream-rejected',
        'upstream-asked',
        'upstream-unreachable',
        'message-authenticator-wrong',
        'shorter-than-length',
        'repeated-attribute',
      ]);
    });

    it('none is in the log or in what was written to standard error', () => {
      const written = [...program.output, ...program.errors].join('\n');
      for (const [what, octets] of secrets)
        for (const spelling of spellings(octets))
          expect(written.includes(spelling), `${what} as ${JSON.stringify(spelling)}`).to.equal(false);
    });

    it('none is in the files of the store in clear, but the password hash', () => {
      const names = readdirSync(scratch.dir).filter((name) => name.startsWith('radgate.db'));
      const files = Buffer.concat(names.map((name) => readFileSync(join(scratch.dir, name))));
      expect(files.includes('alice'), 'the files were looked into').to.equal(true);
      for (const [what, octets] of secrets) {
        if (what === 'the password hash') continue;
        expect(files.includes(octets), what).to.equal(false);
        expect(files.includes(octets.toString('hex')), what).to.equal(false);
        expect(files.includes(octets.toString('base64')), what).to.equal(false);
      }
    });
  });
