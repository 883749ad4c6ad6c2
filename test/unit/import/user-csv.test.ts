import { expect } from 'chai';
import { importUserCsv } from '../../../src/import/import-user-csv.ts';
import { ImportScratch, sorted, vectorFile } from './import-scratch.ts';

describe('import/csv: users', () => {
  const scratch = new ImportScratch();
  after(() => scratch.remove());

  async function refused(text: string | Uint8Array, ...messages: readonly RegExp[]): Promise<void> {
    const { rows, problems } = await scratch.users(text);
    expect(rows).to.deep.equal([]);
    expect(problems).to.have.length(messages.length);
    messages.forEach((message, i) => expect(problems[i]).to.match(message));
  }

  it('reads all its columns', async () => {
    const file = vectorFile('csv/users.csv');
    const nothing = { aliases: [], lastName: null, email: null, phone: null, groups: [] };
    expect(await sorted(importUserCsv(file))).to.deep.equal({
      rows: [
        {
          place: { file, line: 2 },
          name: 'alice',
          aliases: ['alice@corp.example', 'CORP\\alice'],
          firstName: 'Alice',
          lastName: 'Example, MD',
          email: 'alice@corp.example',
          phone: '+491701234567',
          groups: ['vpn', 'staff'],
        },
        { ...nothing, place: { file, line: 3 }, name: 'björn', firstName: 'Björn' },
      ],
      problems: [],
    });
  });

  it('takes the names of an Active Directory export, in any order', async () => {
    const { rows, problems } = await scratch.users(
      'GivenName;Surname;MobilePhone;EmailAddress;SamAccountName;UserPrincipalName;Aliases\r\nAlice;Example;="+49 170 1234567";a@b;alice;alice@corp.example;al|ALICE|Al\r\n',
    );
    expect(problems).to.deep.equal([]);
    expect(rows).to.have.length(1);
    expect(rows[0]).to.deep.include({
      name: 'alice',
      aliases: ['alice@corp.example', 'al'],
      firstName: 'Alice',
      lastName: 'Example',
      phone: '+491701234567',
      email: 'a@b',
    });
  });

  it('UTF-16 with tabs is read', async () => {
    const { rows } = await scratch.users(Buffer.from('\ufeffname\tgroups\r\nbjörn\tvpn; vpn ;;staff', 'utf16le'));
    expect(rows.map(({ name, groups }) => [name, groups])).to.deep.equal([['björn', ['vpn', 'staff']]]);
  });

  it('needs a header, and tells nothing of what stands in its place', async () => {
    await refused('alice,SECRET\nbob,SECRET', /^1: There is no header with a column "name"/);
    const { problems } = await scratch.users('alice,SECRET\nbob,SECRET');
    expect(problems.join()).not.to.include('SECRET');
    await refused('e-mail,phone\na@b,+491701234567', /^1: There is no header with a column "name"/);
    await refused('', /^1: There is no user in the file/);
    await refused('name\n', /^1: There is no user in the file/);
  });

  it('columns that are not known are told once, and the rows still import', async () => {
    const { rows, problems } = await scratch.users('name,colour,,shoe size\nalice,red,,42\nbob,blue,,43');
    expect(rows.map(({ name }) => name)).to.deep.equal(['alice', 'bob']);
    expect(problems).to.deep.equal([
      '1: These columns are not known: 2, 4. Take them out, or correct their names in the header.',
    ]);
  });

  it('a column twice is refused', () =>
    refused('name,mail,e-mail\na,b@c,d@e', /^1: Columns 2 and 3 both give the e-mail/));

  for (const [phone, number] of [
    ['+491701234567', '+491701234567'],
    ['+49 170 123-45-67', '+491701234567'],
    ['+49 (170) 123.4567', '+491701234567'],
    ['+49\u00a0170\u20131234567', '+491701234567'],
    ['+1234567', '+1234567'],
    ['+123456789012345', '+123456789012345'],
    ['', null],
  ] as const)
    it(`the phone number "${phone}" is ${number}`, async () => {
      const { rows, problems } = await scratch.users(`name,phone\nalice,${phone}`);
      expect(problems).to.deep.equal([]);
      expect(rows.map((row) => row.phone)).to.deep.equal([number]);
    });

  for (const [phone, message] of [
    ['0170 1234567', /^2: The phone number is not international/],
    ['0049 170 1234567', /^2: The phone number is not international/],
    ['491701234567', /^2: The phone number is not international/],
    ['+49 (0) 170 1234567', /^2: The phone number has a "\(0\)"/],
    ['+0491701234567', /^2: The phone number is not a plus/],
    ['+123456', /^2: The phone number is not a plus/],
    ['+1234567890123456', /^2: The phone number is not a plus/],
    ['+49170x234567', /^2: The phone number is not a plus/],
    ['+491701234567/+491701234568', /^2: The phone number is not a plus/],
    ['+491701234567 +491701234568', /^2: The phone number is not a plus/],
    ['4.9170E+11', /^2: The phone number was damaged by a spreadsheet/],
  ] as const)
    it(`the phone number "${phone}" is refused`, () => refused(`name,phone\nalice,${phone}`, message));

  for (const [what, record, message] of [
    ['no name', ',,,x', /The name is missing/],
    ['a name that is too long', `${'x'.repeat(254)},,,`, /The name is over 253 characters/],
    ['a name with control characters', 'a\u0007b,,,', /The name has control characters/],
    ['a name that is none', '@corp,,,', /The name is not a user name/],
    ['an alias that is none', 'alice,CORP\\,,', /The alias is not a user name/],
    ['an e-mail address that is none', 'alice,,alice,', /The e-mail address is not one/],
    ['two e-mail addresses', 'alice,,a@b;c@d,', /The e-mail address is not one/],
    ['too many fields', 'alice,,,,x', /There are 5 fields, and only 4 columns/],
  ] as const)
    it(`a row with ${what} is told with its line, and the others import`, async () => {
      const { rows, problems } = await scratch.users(`name,aliases,e-mail,groups\na,,,\n${record}\nb,,,`);
      expect(rows.map(({ name }) => name)).to.deep.equal(['a', 'b']);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(/^3: /);
      expect(problems[0]).to.match(message);
    });
});
