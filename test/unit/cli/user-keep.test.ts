import { expect } from 'chai';
import { keepOf } from '../../../src/cli/user/keep-of.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { localConfig, Workplace } from './command.ts';

describe('radgate user: what is kept of a password', () => {
  const work = new Workplace();
  after(() => work.remove());
  const another = (name: string, keep: string): string =>
    `[[primary]]\nname = "${name}"\ntype = "local"\nkeep = "${keep}"\n`;
  const both = localConfig.replace('secret = ', 'primary = "local"\nsecret = ');
  const write = (config: string): void => void work.write('radius.conf', config);

  it('the local primary that keeps most decides', () => {
    const keep = (config: string) => keepOf(loadConfig(work.write('keep.conf', config), {}).config);
    expect(keep(localConfig)).to.equal('hash');
    expect(keep(both + another('b', 'nt-hash'))).to.equal('nt-hash');
    expect(keep(both + another('b', 'password') + another('c', 'nt-hash'))).to.equal('password');
  });

  it('is what the config asks when the password is set, and is shown without the secret', async () => {
    const shown = async (): Promise<unknown[]> => {
      const text = await work.does(['user', 'show', 'alice']);
      const lines = ['Local CHAP', 'Local MS-CHAPv2'].map(
        (label) => new RegExp(`^${label} +(.*)$`, 'm').exec(text)?.[1],
      );
      const user = (await work.json(['user', 'show', 'alice'])) as Record<string, unknown>;
      expect(text + JSON.stringify(user)).not.to.contain('opensesame');
      return [...lines, user['kept_password']];
    };
    const later = 'no (not before the password is set anew)';
    const left = 'no (what it needs is kept until the password is set anew)';
    const set = () => work.does(['user', 'set', 'alice', '--password-stdin'], 'opensesame\n');

    write(localConfig);
    await work.does(['user', 'add', 'alice', '--password-stdin'], 'opensesame\n');
    expect(await shown()).to.deep.equal(['no', 'no', null]);
    write(both + another('b', 'password'));
    expect(await shown()).to.deep.equal([later, later, null]);
    await set();
    expect(await shown()).to.deep.equal(['yes', 'yes', 'password']);
    write(both + another('b', 'nt-hash'));
    expect(await shown()).to.deep.equal([left, 'yes', 'password']);
    await set();
    expect(await shown()).to.deep.equal(['no', 'yes', 'nt-hash']);
    write(localConfig);
    expect(await shown()).to.deep.equal(['no', left, 'nt-hash']);
    await set();
    expect(await shown()).to.deep.equal(['no', 'no', null]);
  }).timeout(60_000);

  it('a password that is no text is refused where it could not be used, and nobody is added', async () => {
    write(both + another('b', 'nt-hash'));
    const { code, stderr } = await work.radgate(
      ['user', 'add', 'bob', '--password-stdin'],
      Buffer.of(0xff, 0xfe, 0x0a),
    );
    expect(code).to.equal(64);
    expect(stderr).to.contain('not UTF-8 text');
    expect(await work.json(['user', 'list', 'bob'])).to.deep.equal({ total: 0, users: [] });
  });
});
