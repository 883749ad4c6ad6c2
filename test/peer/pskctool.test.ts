import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { hotp, type Algorithm } from '../../src/factor/oath.ts';
import { exportPage } from '../../src/store/export.ts';
import { integer, octets, text } from '../../src/store/row.ts';
import type { Row } from '../../src/store/sql.ts';
import { localConfig, Workplace } from '../unit/cli/command.ts';
import { vectorFile } from '../unit/import/import-scratch.ts';
import { run } from './child.ts';
import { peer } from './peer.ts';

/** Files with their keys in the clear, which is all that pskctool reads and signs. */
const plain = ['rfc6030-figure-2', 'rfc6030-figure-3', 'rfc6030-figure-10', 'csv2pskc-plain', 'feitian'];

peer(
  'pskctool',
  'oathtool',
  'openssl',
)('PSKC files that pskctool signed, and codes by oathtool', function () {
  this.timeout(60_000);
  let work: Workplace;
  beforeEach(async () => {
    work = new Workplace();
    work.write('radius.conf', localConfig);
    for (const name of ['jsmith', 'alice']) await work.does(['user', 'add', name]);
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'sign.key', '-out', 'sign.pem'];
    await output('openssl', ['req', '-x509', ...key, '-days', '1', '-subj', '/CN=maker']);
  });
  afterEach(() => work.remove());

  const output = async (command: string, args: readonly string[], input = ''): Promise<string> => {
    const { code, stdout, stderr } = await run(command, args, { cwd: work.dir, input });
    if (code !== 0) throw new Error(`${command}: exit code ${code}: ${stderr}`);
    return stdout;
  };
  const stored = async (): Promise<Row[]> =>
    work.inStore((store) => store.run(exportPage, { table: 'tokens', after: null, limit: 10 }));
  /** Values that pskctool tells of a file, in its order. */
  const told = (info: string, label: string): string[] =>
    [...info.matchAll(new RegExp(`^\\s*${label}: (.*)$`, 'gm'))].map(([, value = '']) => value);

  for (const name of plain)
    it(`${name}: signed by pskctool, imports with the keys that pskctool reads in it`, async () => {
      copyFileSync(vectorFile(`pskc/${name}.xml`), join(work.dir, 'plain.xml'));
      const sign = ['--sign', '--sign-key', 'sign.key', '--sign-crt', 'sign.pem', 'plain.xml'];
      work.write('signed.xml', await output('pskctool', sign));
      expect(await output('pskctool', ['--verify', '--verify-crt', 'sign.pem', 'signed.xml'])).to.contain('OK');
      const said = await work.does(['token', 'import', 'signed.xml', '--apply']);
      expect(said).to.contain('The file is signed; its signature was not checked.');
      const info = await output('pskctool', ['--info', 'signed.xml']);
      const keys = (await stored()).map((row) => octets(row, 'secret').toString('base64'));
      expect(keys.toSorted()).to.deep.equal(told(info, 'Key Secret \\(base64\\)').toSorted());
    });

  it('imported tokens give the codes of oathtool', async () => {
    work.write(
      'tokens.csv',
      [
        'serial,secret (hex),type,digits,algorithm,counter,interval',
        'H1,3132333435363738393031323334353637383930,hotp,6,sha1,7,',
        `H2,${'a1'.repeat(16)},hotp,8,sha1,100000,`,
        `T1,${'b2'.repeat(20)},totp,6,sha1,,30`,
        `T2,${'c3'.repeat(32)},totp,8,sha256,,60`,
        `T3,${'d4'.repeat(64)},totp,7,sha512,,30`,
      ].join('\n'),
    );
    await work.does(['token', 'import', 'tokens.csv', '--apply']);
    const at = 1_700_000_012;
    const rows = await stored();
    expect(rows).to.have.length(5);
    for (const row of rows) {
      const [type, digits, period] = [text(row, 'type'), integer(row, 'digits'), integer(row, 'period')];
      const algorithm = text(row, 'algorithm') as Algorithm;
      const key = octets(row, 'secret');
      const moving = type === 'hotp' ? integer(row, 'counter') : Math.floor(at / period);
      const options =
        type === 'hotp'
          ? ['--counter', String(moving)]
          : [`--totp=${algorithm}`, '--now', `@${at}`, '--time-step-size', `${period}s`];
      // The key comes by standard input, as it should anywhere.
      const code = await output('oathtool', [...options, '--digits', String(digits), '-'], key.toString('hex'));
      expect(hotp({ key, algorithm, digits }, moving), text(row, 'serial')).to.equal(code.trim());
    }
  });
});
