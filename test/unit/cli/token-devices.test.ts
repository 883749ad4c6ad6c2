import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect } from 'chai';
import { hotp } from '../../../src/factor/oath.ts';
import { totp } from '../../peer/totp.ts';
import { query } from '../../support/test-transactions.ts';
import { localConfig, Workplace } from './command.ts';

const key = Buffer.from('12345678901234567890');
const base32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const code = (counter: number): string => hotp({ key, algorithm: 'sha1', digits: 6 }, counter);

describe('radgate token, with devices', () => {
  let work: Workplace;
  beforeEach(async () => {
    work = new Workplace();
    work.write('radius.conf', localConfig);
    await work.does(['user', 'add', 'alice']);
  });
  afterEach(() => work.remove());

  const importOne = async (serial: string, type: 'totp' | 'hotp'): Promise<void> => {
    work.write('one.csv', `serial,secret,type\n${serial},${base32},${type}\n`);
    await work.does(['token', 'import', 'one.csv', '--apply']);
  };
  const show = (...words: string[]): Promise<unknown> => work.json(['token', 'show', ...words]);
  const refusal = async (args: readonly string[], input = ''): Promise<[number | null, string]> => {
    const { code: exit, stderr } = await work.radgate(args, input);
    return [exit, stderr];
  };
  const audited = (): Promise<unknown> =>
    work.inStore(async (store) => {
      const rows = await store.run(query, {
        sql: "SELECT reason FROM audit WHERE result = 'change' ORDER BY id",
        parameters: [],
      });
      return rows.map(({ reason }) => String(reason).split(':')[0]);
    });

  it('adds an HOTP device with its counter, serial, validity and PIN', async () => {
    const args = ['token', 'add', 'alice', '--type', 'hotp', '--counter', '5', '--secret-stdin', '--pin-stdin'];
    const device = ['--serial', '0042', '--manufacturer', 'Acme', '--model', 'One', '--digits', '7'];
    const validity = ['--valid-from', '2020-01-01', '--valid-until', '2099-12-31'];
    await work.does([...args, ...device, ...validity], `${base32}\ns3cret\n`);
    expect(await show('0042')).to.include({
      user: 'alice',
      name: 'hotp',
      serial: '0042',
      manufacturer: 'Acme',
      model: 'One',
      type: 'hotp',
      state: 'active',
      digits: 7,
      next_counter: 5,
      pin: true,
      valid_from: '2020-01-01T00:00:00.000Z',
      valid_until: '2100-01-01T00:00:00.000Z',
    });
    const [exit, stderr] = await refusal(['token', 'add', 'alice', '--serial', '0042']);
    expect([exit, stderr.includes('"0042" already')]).to.deep.equal([1, true]);
  });

  it('refuses PINs that devices could garble, and options of the other type', async () => {
    const add = ['token', 'add', 'alice', '--pin-stdin'];
    for (const pin of ['123', 'with blank', 'x'.repeat(33), 'ümlaut'])
      expect((await refusal(add, `${pin}\n`))[0]).to.equal(64);
    expect((await refusal(['token', 'add', 'alice', '--counter', '1']))[0]).to.equal(64);
    expect((await refusal(['token', 'add', 'alice', '--type', 'hotp', '--period', '60']))[0]).to.equal(64);
    expect(await work.does(['token', 'list'])).to.contain('No tokens');
  });

  it('writes the QR code to a file that nobody else may read, and never over another', async () => {
    await work.does(['token', 'add', 'alice', '--qr-file', 'a.svg']);
    await work.does(['token', 'add', 'alice', '--qr-file', 'a.png']);
    for (const name of ['a.svg', 'a.png']) expect(statSync(join(work.dir, name)).mode & 0o777).to.equal(0o600);
    expect(readFileSync(join(work.dir, 'a.svg'), 'utf8')).to.match(/^<svg /);
    const picture = readFileSync(join(work.dir, 'a.png'));
    const [width, height] = [picture.readUInt32BE(16), picture.readUInt32BE(20)];
    const start = picture.indexOf('IDAT');
    const pixels = inflateSync(picture.subarray(start + 4, start + 4 + picture.readUInt32BE(start - 4)));
    expect([width, pixels.length]).to.deep.equal([height, height * (1 + Math.ceil(width / 8))]);
    expect((await refusal(['token', 'add', 'alice', '--qr-file', 'a.png']))[1]).to.contain('is there already');
    expect((await refusal(['token', 'add', 'alice', '--qr-file', 'a.gif']))[0]).to.equal(64);
    await refusal(['token', 'add', 'nobody', '--qr-file', 'b.png']);
    expect(existsSync(join(work.dir, 'b.png'))).to.equal(false);
    expect(await work.json(['token', 'list'])).to.have.property('total', 2);
  });

  it('assigns by a first code, which is used up; a wrong one is refused', async () => {
    await importOne('H1', 'hotp');
    const [exit, stderr] = await refusal(['token', 'assign', 'H1', 'alice'], '000000\n');
    expect([exit, stderr.includes('wrong code')]).to.deep.equal([1, true]);
    expect(await show('H1')).to.include({ user: null, next_counter: 0 });
    expect((await refusal(['token', 'assign', 'H1', 'alice'], `${code(100)}\n`))[0]).to.equal(1);
    await work.does(['token', 'assign', 'H1', 'ALICE', '--name', 'key ring'], `${code(99)}\n`);
    expect(await show('H1')).to.include({ user: 'alice', name: 'key ring', state: 'active', next_counter: 100 });
    expect((await refusal(['token', 'assign', 'H1', 'alice'], `${code(100)}\n`))[1]).to.contain('unassign it first');
    expect(await audited()).to.deep.equal(['user-add', 'token-import', 'token-assign']);
  });

  it('unassigns with counter kept and PIN gone, and assigns without a code as pending', async () => {
    await importOne('T1', 'totp');
    const first = `${totp(base32)}\n`;
    await work.does(['token', 'assign', 'T1', 'alice'], first);
    await work.does(['token', 'set', 'T1', '--pin-stdin'], '1234\n');
    await work.does(['token', 'unassign', 'T1']);
    expect(await show('T1')).to.include({ user: null, name: 'T1', pin: false });
    expect((await refusal(['token', 'unassign', 'T1']))[0]).to.equal(1);
    expect((await refusal(['token', 'assign', 'T1', 'alice'], first))[0]).to.equal(1);
    await work.does(['token', 'assign', 'T1', 'alice', '--no-code']);
    expect(await show('alice')).to.include({ serial: 'T1', state: 'pending' });
  });

  it('resynchronises by two codes in a row, and says the drift', async () => {
    await importOne('T1', 'totp');
    const pair = `${totp(base32, { steps: 6 })}\n${totp(base32, { steps: 7 })}\n`;
    const told = await work.does(['token', 'resync', 'T1'], pair);
    expect(told).to.match(/Drift found: (210 s ahead \(7|180 s ahead \(6) steps\)/);
    expect(await work.does(['token', 'show', 'T1'])).to.match(/^Drift seen +(210|180) s ahead/m);
    expect((await refusal(['token', 'resync', 'T1'], pair))[0]).to.equal(1);
    await importOne('H1', 'hotp').catch(() => undefined);
    await work.does(['token', 'resync', 'H1'], `${code(50)}\n${code(51)}\n`);
    expect(await show('H1')).to.include({ next_counter: 52 });
    expect((await refusal(['token', 'resync', 'H1'], `${code(52)}\n${code(54)}\n`))[0]).to.equal(1);
    expect(await show('H1')).to.include({ next_counter: 52 });
  });

  it('disables, renames, bounds and enables; one never used is as it was', async () => {
    await work.does(['token', 'add', 'alice', '--secret-stdin', '--serial', 'S'], base32);
    await work.does(['token', 'set', 'alice', 'totp', '--name', 'phone', '--disable', '--valid-until', '2030-01-31']);
    expect(await show('S')).to.include({ name: 'phone', state: 'disabled', valid_until: '2030-02-01T00:00:00.000Z' });
    await work.does(['token', 'set', 'S', '--enable', '--no-valid-until']);
    expect(await show('S')).to.include({ state: 'active', valid_until: null });
    expect((await refusal(['token', 'set', 'S']))[0]).to.equal(64);
    expect((await refusal(['token', 'set', 'S', '--valid-until', '2030-02-30']))[0]).to.equal(64);
    await work.does(['token', 'set', 'S', '--valid-from', '2030-01-01']);
    expect((await refusal(['token', 'set', 'S', '--valid-until', '2029-01-01']))[1]).to.contain('would expire');
  });

  it('finds by serial or user, and asks which where there are several', async () => {
    await importOne('alice', 'totp');
    expect(await show('alice')).to.include({ user: null, serial: 'alice' });
    await work.does(['token', 'add', 'alice', '--name', 'one']);
    await work.does(['token', 'add', 'alice', '--name', 'two']);
    expect((await refusal(['token', 'show', 'alice']))[1]).to.contain('is a serial number and a user');
    expect(await show('alice', 'two')).to.include({ name: 'two' });
    expect((await refusal(['token', 'show', 'ALICE']))[1]).to.contain('say which: "one", "two"');
    expect((await refusal(['token', 'show', 'x9']))[1]).to.contain('no token with this serial number');
    await work.does(['token', 'remove', 'alice', 'one', '-y']);
    expect(await work.json(['token', 'list', '--unassigned'])).to.have.property('total', 1);
    expect(await work.does(['token', 'list', '--limit', '1'])).to.contain('1 more tokens: add --offset 1');
  });
});
