import { expect } from 'chai';
import { exportPage } from '../../../src/store/export.ts';
import { vectorFile } from '../import/import-scratch.ts';
import { localConfig, Workplace } from './command.ts';

const figure = (number: number): string => vectorFile(`pskc/rfc6030-figure-${number}.xml`);
/** Of most figures. */
const usual = Buffer.from('12345678901234567890');

describe('radgate token import: the figures of RFC 6030', () => {
  let work: Workplace;
  beforeEach(() => {
    work = new Workplace();
    work.write('radius.conf', localConfig);
    work.write('psk', '12345678901234567890123456789012\n');
    work.write('password', 'qwerty\n');
  });
  afterEach(() => work.remove());

  /** Imports a figure, and gives the keys that are in the store then, by serial number. */
  const imported = async (number: number, ...options: string[]): Promise<Record<string, Buffer>> => {
    await work.does(['token', 'import', figure(number), '--apply', ...options]);
    const rows = await work.inStore((store) => store.run(exportPage, { table: 'tokens', after: null, limit: 10 }));
    return Object.fromEntries(rows.map(({ serial, secret }) => [String(serial), secret as Buffer]));
  };
  const shown = (serial: string): Promise<unknown> => work.json(['token', 'show', serial]);

  it('2: a key of four octets', async () => {
    expect(await imported(2)).to.deep.equal({ '12345678': Buffer.from('1234') });
    expect(await shown('12345678')).to.include({ type: 'hotp', digits: 6, next_counter: 0, user: null });
  });

  it('3: for its user', async () => {
    await work.does(['user', 'add', 'jsmith']);
    expect(await imported(3)).to.deep.equal({ '987654321': usual });
    expect(await shown('987654321')).to.include({ user: 'jsmith', digits: 8, manufacturer: 'Manufacturer' });
  });

  it('5: the key beside a PIN', async () => {
    expect(await imported(5)).to.deep.equal({ '987654321': usual });
    expect(await shown('987654321')).to.include({ type: 'hotp', digits: 8, pin: false });
  });

  it('6: by its pre-shared key', async () => {
    expect(await imported(6, '--key-file', 'psk')).to.deep.equal({ '987654321': usual });
    expect(await shown('987654321')).to.include({ type: 'hotp', digits: 8, next_counter: 0 });
  });

  it('7: by its password', async () => {
    expect(await imported(7, '--password-file', 'password')).to.deep.equal({ '987654321': usual });
    expect(await shown('987654321')).to.include({ type: 'hotp', digits: 8, manufacturer: 'TokenVendorAcme' });
  });

  it('9: with a note that its signature was not checked', async () => {
    const said = await work.does(['token', 'import', figure(9)]);
    expect(said).to.contain(':7: note: The file is signed; its signature was not checked.');
    expect(await imported(9)).to.deep.equal({ '0755225266': usual });
  });

  it('10: four keys, two of which are in one device', async () => {
    expect(await imported(10)).to.deep.equal({
      '123456': usual,
      '654321': usual,
      '9999999': usual,
      '9999999#4': usual,
    });
    expect(await shown('9999999')).to.include({ valid_from: '2006-03-01T00:00:00.000Z' });
    expect(await shown('9999999#4')).to.include({ valid_from: '2006-04-01T00:00:00.000Z' });
    const { code, stdout } = await work.radgate(['token', 'import', figure(10)]);
    expect([code, stdout.match(/already/g)?.length], 'and not twice').to.deep.equal([1, 4]);
  });

  for (const [number, reason] of [
    [4, ':5: Token "987654321": There is no key in it, but a reference'],
    [8, ':8: Encrypted for the private key of a certificate'],
  ] as const)
    it(`${number}: is refused with its reason`, async () => {
      const { code, stdout } = await work.radgate(['token', 'import', figure(number), '--apply']);
      expect(code).to.equal(1);
      expect(stdout).to.contain(reason);
      expect(await work.json(['token', 'list'])).to.have.property('total', 0);
    });

  it('the same key twice is a mistake, and so is the serial number of a device where keys have no Id', async () => {
    const key = (id: string): string =>
      `<KeyPackage><DeviceInfo><SerialNo>77</SerialNo></DeviceInfo><Key${id} Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp">` +
      `<Data><Secret><PlainValue>${usual.toString('base64')}</PlainValue></Secret></Data></Key></KeyPackage>\n`;
    const ids = [' Id="1"', ' Id="2"', ' Id="1"', ' Id="2"', ''];
    work.write(
      'twice.xml',
      `<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">\n${ids.map(key).join('')}</KeyContainer>\n`,
    );
    const { code, stdout } = await work.radgate(['token', 'import', 'twice.xml', '--apply']);
    expect(code).to.equal(1);
    expect(stdout.match(/^twice\.xml:\d: The serial.*$/gm)).to.deep.equal([
      'twice.xml:4: The serial number "77" is that of line 2 already.',
      'twice.xml:5: The serial number "77" is that of line 3 already.',
      'twice.xml:6: The serial number "77" is that of line 2 already.',
    ]);
  });
});
