import { expect } from 'chai';
import { ImportScratch } from './import-scratch.ts';
import { container, keyPackage, type PackageParts, plainKey } from './pskc-writer.ts';

const hotp = 'urn:ietf:params:xml:ns:keyprov:pskc:hotp';

describe('import/pskc: what a package says', () => {
  const scratch = new ImportScratch();
  after(() => scratch.remove());

  async function read(parts: PackageParts): Promise<Record<string, unknown>> {
    const { rows, problems } = await scratch.pskc(container(keyPackage(parts)));
    expect(problems).to.deep.equal([]);
    expect(rows).to.have.length(1);
    return { ...rows[0] };
  }

  async function refused(parts: PackageParts, message: RegExp): Promise<void> {
    const { rows, problems } = await scratch.pskc(container(keyPackage(parts)));
    expect(rows).to.deep.equal([]);
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(message);
  }

  for (const [uri, type] of [
    ['urn:ietf:params:xml:ns:keyprov:pskc:hotp', 'hotp'],
    ['urn:ietf:params:xml:ns:keyprov:pskc:totp', 'totp'],
    ['urn:ietf:params:xml:ns:keyprov:pskc#hotp', 'hotp'],
    ['urn:ietf:params:xml:ns:keyprov:pskc#totp', 'totp'],
    ['http://www.ietf.org/keyprov/pskc#hotp', 'hotp'],
    ['HOTP', 'hotp'],
    [' urn:ietf:params:xml:ns:keyprov:pskc:TOTP ', 'totp'],
  ] as const)
    it(`the algorithm ${uri.trim()} is ${type}`, async () => {
      expect(await read({ algorithm: uri, data: '' })).to.include({ type });
    });

  for (const uri of [
    '',
    'urn:ietf:params:xml:ns:keyprov:pskc#OCRA-1',
    'urn:ietf:params:xml:ns:keyprov:pskc:ocra',
    'xhotp',
    'hotp2',
  ])
    it(`the algorithm "${uri}" is refused`, () => refused({ algorithm: uri }, /is not one that radgate can check/));

  it('a key without an algorithm is refused', async () => {
    const { problems } = await scratch.pskc(container(keyPackage().replace(/ Algorithm="[^"]*"/, '')));
    expect(problems).to.deep.equal([
      '3: Token "1": The key has no Algorithm, which would say whether it is HOTP or TOTP.',
    ]);
  });

  for (const [suite, algorithm] of [
    ['', 'sha1'],
    ['HMAC-SHA1', 'sha1'],
    ['SHA1', 'sha1'],
    ['hmac-sha-256', 'sha256'],
    ['HMAC-SHA512', 'sha512'],
    ['HmacSHA256', 'sha256'],
  ] as const)
    it(`the suite "${suite}" is ${algorithm}`, async () => {
      expect(await read({ suite: `<Suite>${suite}</Suite>` })).to.include({ algorithm });
    });

  it('another suite is refused', async () => {
    for (const suite of ['HMAC-MD5', 'SHA384', 'OCRA-1:HOTP-SHA1-6:QN08'])
      await refused({ suite: `<Suite>${suite}</Suite>` }, /The Suite ".*" is not read/);
  });

  for (const digits of [6, 7, 8])
    it(`codes have ${digits} digits`, async () => {
      expect(await read({ format: `<ResponseFormat Length="${digits}" Encoding="DECIMAL"/>` })).to.include({ digits });
    });

  it('other lengths, encodings and check digits are refused', async () => {
    for (const length of ['5', '9', '0', '-6', '6.5', 'six', ''])
      await refused({ format: `<ResponseFormat Length="${length}" Encoding="DECIMAL"/>` }, /Codes of ".*" digits/);
    for (const encoding of ['HEXADECIMAL', 'ALPHANUMERIC', 'BASE64', 'BINARY', ''])
      await refused({ format: `<ResponseFormat Length="6" Encoding="${encoding}"/>` }, /Codes in ".*" are not checked/);
    for (const check of ['true', '1'])
      await refused(
        { format: `<ResponseFormat Length="6" Encoding="DECIMAL" CheckDigits="${check}"/>` },
        /with a check digit/,
      );
    expect(await read({ format: '<ResponseFormat Length="6" Encoding="DECIMAL" CheckDigits="false"/>' })).to.include({
      digits: 6,
    });
  });

  it('what is not given is assumed, and noted', async () => {
    const { notes, ...row } = await read({ format: '', data: '' });
    expect(row).to.include({ digits: 6, period: 30, drift: 0 });
    expect(notes).to.deep.equal([
      'The length of its codes (ResponseFormat) is not given: 6 digits are assumed.',
      'Its TimeInterval is not given: 30 seconds are assumed.',
    ]);
    expect(await read({ algorithm: hotp, data: '' })).to.deep.include({ counter: 0, notes: [] });
  });

  for (const [value, counter] of [
    ['0', 0],
    [' 831791 ', 831_791],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['NzA5Nzkx', 709_791],
    ['AAYxSg==', 405_834],
    ['AAAAAAAAASw=', 300],
  ] as const)
    it(`the counter ${value.trim()} is ${counter}`, async () => {
      expect(await read({ algorithm: hotp, data: `<Counter><PlainValue>${value}</PlainValue></Counter>` })).to.include({
        counter,
      });
    });

  it('other counters are refused', async () => {
    for (const value of ['-1', '9007199254740992', '1.5', 'x', '', 'AAAA', '//////////8=', '='])
      await refused(
        { algorithm: hotp, data: `<Counter><PlainValue>${value}</PlainValue></Counter>` },
        /The Counter is not a whole number/,
      );
    await refused({ algorithm: hotp, data: '<Counter/>' }, /The Counter has no value/);
    const twice = '<Counter><PlainValue>1</PlainValue></Counter>'.repeat(2);
    await refused({ algorithm: hotp, data: twice }, /more than one Counter/);
  });

  it('a period is 10 to 300 seconds', async () => {
    for (const period of [10, 30, 60, 300])
      expect(await read({ data: `<TimeInterval><PlainValue>${period}</PlainValue></TimeInterval>` })).to.include({
        period,
      });
    for (const period of ['0', '9', '301', '172800', '-30', 'x'])
      await refused(
        { data: `<TimeInterval><PlainValue>${period}</PlainValue></TimeInterval>` },
        /The TimeInterval is not a whole number/,
      );
  });

  it('a Time of 0 is usual, another is noted', async () => {
    expect(
      await read({
        data: '<Time><PlainValue>0</PlainValue></Time><TimeInterval><PlainValue>30</PlainValue></TimeInterval>',
      }),
    ).to.deep.include({ notes: [] });
    const { notes } = await read({
      data: '<Time><PlainValue>41</PlainValue></Time><TimeInterval><PlainValue>30</PlainValue></TimeInterval>',
    });
    expect(notes).to.deep.equal([
      'Its Time of 41 is not used: its codes are taken to count from 1970, as RFC 6238 has it.',
    ]);
  });

  it('a key is base64 of 1 to 128 octets; below 16 it is noted', async () => {
    const plain = (octets: number): PackageParts => ({
      secret: `<PlainValue>${Buffer.alloc(octets, 1).toString('base64')}</PlainValue>`,
    });
    for (const octets of [16, 20, 64, 128])
      expect(await read(plain(octets))).to.deep.include({ notes: [], key: Buffer.alloc(octets, 1) });
    for (const octets of [1, 9, 10, 15]) expect((await read(plain(octets)))['notes']).to.have.length(1);
    for (const octets of [0, 129, 1000]) await refused(plain(octets), /The key has \d+ octets: 1 to 128 are taken/);
    for (const text of ['*', 'AAAAA', 'AA=A', '===='])
      await refused({ secret: `<PlainValue>${text}</PlainValue>` }, /The Secret is not base64/);
    await refused({ secret: '' }, /The Secret has no value/);
    expect(await read({ secret: `<PlainValue>\n AAECAwQFBgcICQoL\n DA0ODxAREhM= </PlainValue>` })).to.deep.include({
      key: plainKey,
    });
  });

  for (const [userId, user] of [
    ['UID=jsmith,DC=example-bank,DC=net', 'jsmith'],
    ['cn=John Smith, uid=jsmith', 'jsmith'],
    ['UID=smith\\, john,DC=x', 'smith, john'],
    ['UID=bj\\C3\\B6rn', 'björn'],
    ['CN=a+UID=b,DC=c', 'b'],
    ['alice@corp.example', 'alice@corp.example'],
    ['CORP\\alice', 'CORP\\alice'],
    [' alice ', 'alice'],
  ] as const)
    it(`the user id ${userId} is ${user}`, async () => {
      expect(await read({ rest: `<UserId>${userId}</UserId>` })).to.deep.include({ user, notes: [] });
    });

  it('a user id that names no login name is noted', async () => {
    expect(await read({ rest: '<UserId>CN=John Smith,DC=example</UserId>' })).to.deep.include({
      user: null,
      notes: ['The UserId "CN=John Smith,DC=example" names no UID: assign the token by hand.'],
    });
  });

  it('the latest start and the earliest end count', async () => {
    const { rows } = await scratch.pskc(
      container(
        keyPackage({
          rest: '<Policy><StartDate>2024-01-01T00:00:00Z</StartDate><ExpiryDate>2030-01-01T00:00:00+02:00</ExpiryDate></Policy>',
        }).replace(
          '</DeviceInfo>',
          '<StartDate>2025-01-01T00:00:00.250Z</StartDate><ExpiryDate>2029-01-01T00:00:00</ExpiryDate></DeviceInfo>',
        ),
      ),
    );
    expect(rows).to.have.length(1);
    expect(rows[0]).to.include({ validFrom: Date.UTC(2025, 0, 1, 0, 0, 0, 250), validUntil: Date.UTC(2029, 0, 1) });
  });

  it('dates that are none, and an end before the start, are refused', async () => {
    for (const date of [
      '01/01/2008',
      '2024-02-30',
      '2024-13-01',
      '2024-01-01T25:00:00Z',
      'soon',
      '2024-01-01 00:00:00',
    ])
      await refused({ rest: `<Policy><ExpiryDate>${date}</ExpiryDate></Policy>` }, /The ExpiryDate ".*" is not a date/);
    await refused(
      { rest: '<Policy><StartDate>2024-01-02</StartDate><ExpiryDate>2024-01-01</ExpiryDate></Policy>' },
      /expires before it becomes valid/,
    );
  });

  for (const [policy, notes] of [
    ['<KeyUsage>OTP</KeyUsage>', []],
    ['<KeyUsage>CR</KeyUsage><KeyUsage>OTP</KeyUsage>', []],
    [
      '<KeyUsage>CR</KeyUsage><KeyUsage>Verify</KeyUsage>',
      ['Its policy does not allow it for one-time passwords, but for "CR", "VERIFY".'],
    ],
    ['<NumberOfTransactions>4321</NumberOfTransactions>', ['Its policy allows "4321" uses, which are not counted.']],
    ['<Foo/>', ['Its policy has what radgate does not know: "Foo".']],
    ['<v:Foo xmlns:v="urn:v"/>', ['Its policy has what radgate does not know: "Foo".']],
  ] as const)
    it(`the policy ${policy} gives ${notes.length === 0 ? 'no note' : 'a note'}`, async () => {
      expect(await read({ rest: `<Policy>${policy}</Policy>` })).to.deep.include({ notes });
    });

  it('a PIN before its token is noted on the token, one without any token is told', async () => {
    const pin = keyPackage({ serial: 'p', algorithm: 'urn:ietf:params:xml:ns:keyprov:pskc:pin' });
    const { rows, problems } = await scratch.pskc(container(pin, keyPackage(), keyPackage()));
    expect(problems).to.deep.equal([]);
    expect(rows.map(({ notes }) => notes)).to.deep.equal([['The PIN on line 3 was not imported.'], []]);
    expect(await scratch.pskc(container(pin))).to.deep.equal({
      rows: [],
      problems: ['5: There is no token in the file. The PIN on line 3 was not imported.'],
    });
  });

  it('a part of the container that is not known is noted', async () => {
    const { rows } = await scratch.pskc(container('<Batch>7</Batch>', keyPackage()));
    expect(rows.map(({ notes }) => notes)).to.deep.equal([['"Batch" on line 3 was not read.']]);
  });

  it('a token with neither serial number, Id nor user is refused', async () => {
    const text = container(
      keyPackage()
        .replace(/<DeviceInfo>.*<\/DeviceInfo>/, '')
        .replace(' Id="1"', ''),
    );
    expect(await scratch.pskc(text)).to.deep.equal({
      rows: [],
      problems: ['3: The token has neither a serial number nor a user: it could never be assigned.'],
    });
  });
});
