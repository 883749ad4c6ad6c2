import { expect } from 'chai';
import { hotp } from '../../../src/factor/oath.ts';
import { localConfig, Workplace } from './command.ts';

const seed = '12345678901234567890';
const hex = Buffer.from(seed).toString('hex');
const base32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const other = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJR';

interface Told {
  readonly applied: boolean;
  readonly tokens: number;
  readonly assigned: number;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}
interface Listed {
  readonly total: number;
  readonly tokens: readonly { readonly serial: string; readonly user: string | null; readonly state: string }[];
}

const pskc = (serials: readonly string[]): string => `<?xml version="1.0"?>
<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">
${serials
  .map(
    (serial) => `<KeyPackage><DeviceInfo><SerialNo>${serial}</SerialNo></DeviceInfo>
<Key Id="${serial}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp">
<AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters>
<Data><Secret><PlainValue>${Buffer.from(seed).toString('base64')}</PlainValue></Secret>
<Counter><PlainValue>7</PlainValue></Counter></Data></Key></KeyPackage>`,
  )
  .join('\n')}
</KeyContainer>
`;

describe('radgate token import', () => {
  let work: Workplace;
  beforeEach(async () => {
    work = new Workplace();
    work.write('radius.conf', localConfig);
    await work.does(['user', 'add', 'alice', '--alias', 'alice@corp.example']);
  });
  afterEach(() => work.remove());

  const list = async (): Promise<Listed> => (await work.json(['token', 'list'])) as Listed;

  it('says what would happen, changes nothing without --apply, and shows no secret', async () => {
    work.write('t.csv', `upn,serial number,secret key\nALICE@corp.example,001,${base32}\n,002,${other}\n`);
    const { code, stdout, stderr } = await work.radgate(['token', 'import', 't.csv']);
    expect([code, stderr]).to.deep.equal([0, '']);
    expect(stdout)
      .to.match(/^2 +001 +ALICE@corp\.example +totp 6 30 s +sha1 +-$/m)
      .and.contain('New: 2 (for users: 1, for nobody yet: 1). Problems: 0.\n')
      .and.contain('Nothing was changed yet: --apply does it.');
    expect(stdout).to.not.contain('GEZD');
    expect((await list()).total).to.equal(0);
  });

  it('imports a CSV file: active for its users at once, the others for nobody yet', async () => {
    work.write('t.csv', `upn,serial number,secret key\nalice@corp.example,001,${base32}\n,002,${other}\n`);
    expect(await work.does(['token', 'import', 't.csv', '--apply'])).to.contain(
      'Imported: 2 (for users: 1, for nobody yet: 1). Problems: 0.\n',
    );
    expect((await list()).tokens.map(({ serial, user, state }) => [serial, user, state])).to.deep.equal([
      ['001', 'alice', 'active'],
      ['002', null, 'active'],
    ]);
    const code = hotp({ key: Buffer.from(seed), algorithm: 'sha1', digits: 6 }, Math.floor(Date.now() / 30_000));
    const { stderr } = await work.radgate(['token', 'confirm', 'alice'], `${code}\n`);
    expect(stderr).to.contain('has no pending token');
  });

  it('imports nothing if one row is wrong, and tells every problem with its line', async () => {
    await work.does(['user', 'add', 'bob@one.example']);
    await work.does(['user', 'add', 'bob@two.example', '--distinct']);
    work.write('old.csv', `serial,secret\n100,${other}\n`);
    await work.does(['token', 'import', 'old.csv', '--apply']);
    const rows = [
      `alice,001,${base32}`,
      `alice,001,${other}`,
      `nobody,002,${base32}`,
      `bob,003,${base32}`,
      `àlice,004,${base32}`,
      `,100,${base32}`,
      `alice,006,not-a-s3cret!`,
      `alice,007,${base32}`,
    ];
    work.write('t.csv', `upn,serial number,secret key\n${rows.join('\n')}\n`);
    const { code, stdout, stderr } = await work.radgate(['token', 'import', 't.csv', '--apply']);
    expect(code).to.equal(1);
    expect(stderr).to.contain('nothing was imported');
    const lines = stdout.split('\n').filter((line) => line.startsWith('t.csv:') && !line.includes(': note: '));
    expect(lines.map((line) => /^t\.csv:(\d+): /.exec(line)?.[1])).to.deep.equal(['3', '4', '5', '6', '7', '8', '9']);
    expect(lines[0]).to.contain('"001" is that of line 2');
    expect(lines[1]).to.contain('no user "nobody"');
    expect(lines[2]).to.contain('could be any of');
    expect(lines[3]).to.contain('only "alice"');
    expect(lines[4]).to.contain('"100" already');
    expect(lines[5]).to.contain('--secret-format');
    expect(lines[6]).to.contain('has this key already, in the token "001"');
    expect(stdout).to.not.contain('GEZD').and.not.contain('s3cret');
    expect((await list()).total).to.equal(1);
  });

  it('tells programs the same', async () => {
    work.write('t.csv', `upn,serial number,secret key\nnobody,1,${base32}\n`);
    const { code, stdout } = await work.radgate(['token', 'import', 't.csv', '--json', '--apply']);
    const told = JSON.parse(stdout) as Told;
    expect([code, told.applied, told.tokens, told.assigned]).to.deep.equal([1, false, 1, 1]);
    expect(told.problems.map(({ line, message }) => [line, message])).to.deep.equal([[2, 'there is no user "nobody"']]);
  });

  it('knows PSKC by its content, takes its counter, and reads hexadecimal only if told', async () => {
    work.write('t.txt', pskc(['H1', 'H2']));
    await work.does(['token', 'import', 't.txt', '--apply']);
    expect(await work.json(['token', 'show', 'H2'])).to.include({ type: 'hotp', next_counter: 7, user: null });
    work.write('h.csv', `X1,${hex},30\n`);
    expect((await work.radgate(['token', 'import', 'h.csv', '--apply'])).code).to.equal(1);
    await work.does(['token', 'import', 'h.csv', '--apply', '--secret-format', 'hex']);
    work.write('h.csv', `X2,${hex},30\n`);
    await work.does(['token', 'import', 'h.csv', '--apply', '--hex']);
    expect((await list()).total).to.equal(4);
  });

  it('never gives a user more than twenty tokens', async () => {
    const rows = Array.from({ length: 21 }, (_, i) => `alice,${i},${hex.slice(2)}${String(i).padStart(2, '0')}`);
    work.write('t.csv', `upn,serial,secret (hex)\n${rows.join('\n')}\n`);
    const { stdout } = await work.radgate(['token', 'import', 't.csv', '--apply']);
    expect(stdout).to.match(/^t\.csv:22: "alice" has 20 tokens already/m);
    work.write('t.csv', `upn,serial,secret (hex)\n${rows.slice(1).join('\n')}\n`);
    await work.does(['token', 'import', 't.csv', '--apply']);
    expect((await list()).total).to.equal(20);
  });
});
