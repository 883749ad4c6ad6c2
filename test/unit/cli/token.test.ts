import { expect } from 'chai';
import { totp } from '../../peer/totp.ts';
import { localConfig, Workplace } from './command.ts';

interface Made {
  readonly name: string;
  readonly state: string;
  readonly uri: string;
  readonly key: string;
}

describe('radgate token', () => {
  const work = new Workplace();
  before(async () => {
    work.write('radius.conf', localConfig);
    await work.does(['user', 'add', 'alice']);
  });
  after(() => work.remove());

  it('makes a token whose URI and key any app can take, pending until its first right code', async () => {
    const { stdout, stderr } = await work.radgate(['token', 'add', 'ALICE']);
    const uri = /^otpauth:.*$/m.exec(stdout)?.[0] ?? '';
    const { pathname, searchParams } = new URL(uri);
    expect(decodeURIComponent(pathname)).to.match(/\/?totp\/Example:alice$|^\/Example:alice$/);
    const secret = searchParams.get('secret') ?? '';
    expect(secret).to.match(/^[A-Z2-7]{32}$/);
    expect(Object.fromEntries(searchParams)).to.deep.equal({ secret, issuer: 'Example' });
    expect(stdout.replaceAll(' ', '')).to.contain(`\n${secret}\n`);
    expect(stdout)
      .to.match(/^ {2}([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/m)
      .and.contain('radgate token confirm alice');
    expect(stderr).to.equal('');
    expect(stdout).to.not.contain('▀');

    const wrong = await work.radgate(['token', 'confirm', 'alice'], '12345\n');
    expect([wrong.code, wrong.stdout, wrong.stderr.includes('wrong code')]).to.deep.equal([1, '', true]);
    expect(await work.does(['token', 'list'])).to.match(/^alice +totp +- +totp +pending +never$/m);

    const code = totp(secret);
    const confirmed = await work.does(['token', 'confirm', 'alice'], `${code.slice(0, 3)} ${code.slice(3)}\r\n`);
    expect(confirmed).to.equal('The token "totp" of "alice" is active.\n');
    const again = await work.radgate(['token', 'confirm', 'alice'], `${code}\n`);
    expect([again.code, again.stderr.split('\n')[0]]).to.deep.equal([1, 'radgate: "alice" has no pending token']);
  });

  it('says of a code that was used, and of one that belongs to an active token', async () => {
    const [{ key }] = (await Promise.all(
      ['first', 'second'].map((name) => work.json(['token', 'add', 'alice', '--name', name]) as Promise<Made>),
    )) as [Made, Made];
    await work.does(['token', 'confirm', 'alice'], totp(key));
    const used = await work.radgate(['token', 'confirm', 'alice'], `${totp(key)}\n`);
    expect([used.code, used.stderr.includes('used already')]).to.deep.equal([1, true]);
    const other = await work.radgate(['token', 'confirm', 'alice'], `${totp(key, { steps: 1 })}\n`);
    expect([other.code, other.stderr.includes('of a token that is active already')]).to.deep.equal([1, true]);
  });

  it('makes a key as long as the hash, and says what is unusual in the URI', async () => {
    const args = [
      'token',
      'add',
      'alice',
      '--name',
      'long',
      '--algorithm',
      'sha512',
      '--digits',
      '8',
      '--period',
      '60',
    ];
    const { uri, key, state } = (await work.json(args)) as Made;
    expect([key.length, state]).to.deep.equal([Math.ceil((64 * 8) / 5), 'pending']);
    expect(Object.fromEntries(new URL(uri).searchParams)).to.deep.equal({
      secret: key,
      issuer: 'Example',
      algorithm: 'SHA512',
      digits: '8',
      period: '60',
    });
    const code = totp(key, { algorithm: 'sha512', digits: 8, period: 60 });
    expect(await work.does(['token', 'confirm', 'alice'], code)).to.contain('"long" of "alice" is active');
  });

  it('takes a given secret as active at once, and does not show it again', async () => {
    const args = ['token', 'add', 'alice', '--name', 'device', '--secret-stdin'];
    const { stdout, stderr } = await work.radgate(args, 'gezd gnbv-GY3T QOJQ gezdgnbvgy3tqojq\n');
    expect([stdout, stderr]).to.deep.equal(['Added the token "device" of "alice": it is active.\n', '']);
    expect(await work.json(['token', 'list', 'alice'])).to.have.nested.property('tokens[0].state', 'active');
    const twice = await work.radgate(['token', 'add', 'alice', '--secret-stdin'], 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect([twice.code, twice.stderr.includes('has this key already')]).to.deep.equal([1, true]);
    expect(twice.stderr).to.not.contain('GEZD');
  });

  it('warns of a short secret, and refuses one that is too short or not there, with 64 and without quoting it', async () => {
    const args = ['token', 'add', 'alice', '--secret-stdin'];
    const [short, shorter, none] = await Promise.all(
      ['GEZDGNBVGY3TQOJQ\n', 'GEZDGNBVGY3TQ\n', ''].map((input) => work.radgate(args, input)),
    );
    expect([short?.code, short?.stderr.includes('short: 10 octets')]).to.deep.equal([0, true]);
    expect([shorter?.code, shorter?.stderr.includes('8 octets long')]).to.deep.equal([64, true]);
    expect([none?.code, none?.stderr.includes('ended before the secret')]).to.deep.equal([64, true]);
    expect(`${short?.stderr}${shorter?.stderr}`).to.not.contain('GEZD');
  });

  it('removes a token by name, without one only if it is the only one', async () => {
    await work.does(['user', 'add', 'bob']);
    const none = await work.radgate(['token', 'remove', 'bob', '--yes']);
    expect([none.code, none.stderr.includes('has no tokens')]).to.deep.equal([1, true]);
    await work.does(['token', 'add', 'bob', '--name', 'one']);
    await work.does(['token', 'add', 'bob', '--name', 'two']);
    const [many, unknown, asked] = await Promise.all([
      work.radgate(['token', 'remove', 'bob', '--yes']),
      work.radgate(['token', 'remove', 'bob', 'three', '--yes']),
      work.radgate(['token', 'remove', 'bob', 'one'], 'y\n'),
    ]);
    expect([many.code, many.stderr.includes('say which: "one", "two"')]).to.deep.equal([64, true]);
    expect([unknown.code, unknown.stderr.includes('only "one", "two"')]).to.deep.equal([1, true]);
    expect([asked.code, asked.stderr.includes('needs --yes')]).to.deep.equal([64, true]);
    expect(await work.does(['token', 'remove', 'bob', 'two', '-y'])).to.equal('Removed the token "two" of "bob".\n');
    await work.does(['token', 'remove', 'bob', '-y']);
    expect(await work.does(['token', 'list', 'bob'])).to.contain('No tokens');
  });
});
