import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { describeAttribute } from '../../../src/packet/describe-attribute.ts';
import { attributeDefinition, attributeName, attributeNumber } from '../../../src/packet/dictionary.ts';
import { encodeAttribute } from '../../../src/packet/encode-attribute.ts';
import { vendorSpecific } from '../../../src/packet/vendor-specific.ts';

const directory = fileURLToPath(new URL('../../../../dictionaries/', import.meta.url));
const formats = new Set(
  'string octets integer integer64 short date ipaddr ipv6addr ipv4prefix ipv6prefix ifid ether tlv vsa'.split(' '),
);
const flags = new Set(['has_tag', 'encrypt=1', 'encrypt=2', 'concat', 'secret']);

interface Line {
  readonly file: string;
  readonly vendor: number | undefined;
  readonly words: readonly string[];
}

/** The lines of a dictionary file as words, with the vendor in whose block they stand: read apart from npm radius. */
function linesOf(file: string): Line[] {
  const numbers = new Map<string, number>();
  let vendor: number | undefined;
  return readFileSync(directory + file, 'utf8')
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter(([keyword]) => keyword !== '')
    .map((words) => {
      const [keyword, name = '', number] = words;
      if (keyword === 'VENDOR') numbers.set(name, Number(number));
      if (keyword === 'BEGIN-VENDOR') vendor = numbers.get(name);
      if (keyword === 'END-VENDOR') vendor = undefined;
      return { file, vendor, words };
    });
}

const files = readdirSync(directory).filter((file) => file !== 'dictionary');
const lines = files.flatMap(linesOf);
const attributes = lines.filter(({ words }) => words[0] === 'ATTRIBUTE');
const values = lines.filter(({ words }) => words[0] === 'VALUE');

function repeated(keys: readonly string[]): string[] {
  return keys.filter((key, i) => keys.indexOf(key) !== i);
}

function described(name: string, value: Buffer): string {
  const number = attributeNumber(name);
  if (!number) throw new Error(`no attribute ${name}`);
  const { type, vendor } = number;
  const [one, ...more] = describeAttribute(
    vendor === undefined ? { type, value } : vendorSpecific({ vendor, type, value }),
  );
  expect(more).to.deep.equal([]);
  expect(one?.name).to.equal(name);
  return one?.value ?? '';
}

describe('packet/dictionary: the files', () => {
  it('are all included by the root file, each once', () => {
    const included = linesOf('dictionary').map(({ words: [keyword, file] }) => {
      expect(keyword).to.equal('$INCLUDE');
      return file;
    });
    expect(included).to.have.members(files);
  });

  for (const file of files)
    it(`${file} says its source, and what it names is found by number and by name`, () => {
      expect(readFileSync(directory + file, 'utf8')).to.match(/^# \S.*\.\n\n/);
      const own = attributes.filter((line) => line.file === file);
      for (const { vendor, words } of own) {
        const [, name = '', number, format, list = ''] = words;
        const type = Number(number);
        expect(type, name).to.be.within(1, 255);
        expect(formats, name).to.include(format);
        for (const flag of list.split(',').filter(Boolean)) expect(flags, name).to.include(flag);
        expect(attributeName(type, vendor)).to.equal(name);
        expect(attributeNumber(name)).to.deep.equal(vendor === undefined ? { type } : { type, vendor });
        expect(attributeDefinition(type, vendor)?.format, name).to.equal(format);
      }
      const names = values.filter((line) => line.file === file);
      expect(own.length + names.length).to.be.greaterThan(0);
      for (const { vendor, words } of names) {
        const [, attribute = '', name, number] = words;
        const found = attributeNumber(attribute);
        expect(found?.vendor, attribute).to.equal(vendor);
        expect(attributeDefinition(found?.type ?? 0, vendor)?.values.get(Number(number)), attribute).to.equal(name);
      }
    });

  it('give no number two names and no name two numbers', () => {
    expect(repeated(attributes.map(({ vendor, words }) => `${vendor} ${words[2]}`))).to.deep.equal([]);
    expect(repeated(attributes.map(({ words }) => (words[1] ?? '').toLowerCase()))).to.deep.equal([]);
    expect(repeated(values.map(({ words }) => `${words[1]} ${words[3]}`))).to.deep.equal([]);
    expect(repeated(values.map(({ words }) => `${words[1]} ${(words[2] ?? '').toLowerCase()}`))).to.deep.equal([]);
  });
});

describe('packet/dictionary: look-ups', () => {
  const known: [number, number | undefined, string][] = [
    [1, undefined, 'User-Name'],
    [2, undefined, 'User-Password'],
    [4, undefined, 'NAS-IP-Address'],
    [6, undefined, 'Service-Type'],
    [18, undefined, 'Reply-Message'],
    [24, undefined, 'State'],
    [25, undefined, 'Class'],
    [26, undefined, 'Vendor-Specific'],
    [27, undefined, 'Session-Timeout'],
    [31, undefined, 'Calling-Station-Id'],
    [32, undefined, 'NAS-Identifier'],
    [33, undefined, 'Proxy-State'],
    [40, undefined, 'Acct-Status-Type'],
    [44, undefined, 'Acct-Session-Id'],
    [55, undefined, 'Event-Timestamp'],
    [60, undefined, 'CHAP-Challenge'],
    [61, undefined, 'NAS-Port-Type'],
    [64, undefined, 'Tunnel-Type'],
    [69, undefined, 'Tunnel-Password'],
    [76, undefined, 'Prompt'],
    [79, undefined, 'EAP-Message'],
    [80, undefined, 'Message-Authenticator'],
    [81, undefined, 'Tunnel-Private-Group-Id'],
    [89, undefined, 'Chargeable-User-Identity'],
    [95, undefined, 'NAS-IPv6-Address'],
    [101, undefined, 'Error-Cause'],
    [102, undefined, 'EAP-Key-Name'],
    [123, undefined, 'Delegated-IPv6-Prefix'],
    [126, undefined, 'Operator-Name'],
    [168, undefined, 'Framed-IPv6-Address'],
    [1, 311, 'MS-CHAP-Response'],
    [2, 311, 'MS-CHAP-Error'],
    [11, 311, 'MS-CHAP-Challenge'],
    [16, 311, 'MS-MPPE-Send-Key'],
    [17, 311, 'MS-MPPE-Recv-Key'],
    [25, 311, 'MS-CHAP2-Response'],
    [26, 311, 'MS-CHAP2-Success'],
    [27, 311, 'MS-CHAP2-CPW'],
    [47, 311, 'MS-Network-Access-Server-Type'],
    [63, 311, 'MS-RDG-Device-Redirection'],
    [1, 9, 'Cisco-AVPair'],
    [146, 3076, 'ASA-TunnelGroupName'],
    [1, 12356, 'Fortinet-Group-Name'],
    [5, 25461, 'PaloAlto-User-Group'],
    [254, 3561, 'IWF-Session'],
  ];
  for (const [type, vendor, name] of known)
    it(`${name} is ${vendor === undefined ? type : `${vendor}/${type}`}`, () => {
      expect(attributeName(type, vendor)).to.equal(name);
      expect(attributeNumber(name)).to.deep.equal(vendor === undefined ? { type } : { type, vendor });
    });

  it('number what has no name, both ways', () => {
    expect(attributeName(213)).to.equal('Attr-213');
    expect(attributeName(254, 9)).to.equal('Attr-9-254');
    expect(attributeName(1, 4242)).to.equal('Attr-4242-1');
    expect(attributeNumber('Attr-213')).to.deep.equal({ type: 213 });
    expect(attributeNumber('attr-4242-1')).to.deep.equal({ type: 1, vendor: 4242 });
    for (const name of ['Attr-0', 'Attr-256', 'Attr-4294967296-1', 'Attr-1-', 'Attr--1', 'No-Such', '', 'constructor'])
      expect(attributeNumber(name), name).to.equal(undefined);
  });

  it('take a name in any case', () => {
    expect(attributeNumber('user-NAME')).to.deep.equal({ type: 1 });
    expect(attributeNumber('ms-chap-error')).to.deep.equal({ type: 2, vendor: 311 });
  });
});

describe('packet/dictionary: values', () => {
  const samples: [string, string, string][] = [
    ['Reply-Message', 'Grüß Gott', '4772c3bcc39f20476f7474'],
    ['User-Name', 'CORP\\alice', '434f52505c616c696365'],
    ['Class', '0x00ff10', '00ff10'],
    ['Session-Timeout', '3600', '00000e10'],
    ['Session-Timeout', '4294967295', 'ffffffff'],
    ['Service-Type', 'NAS-Prompt-User', '00000007'],
    ['Service-Type', '99', '00000063'],
    ['NAS-Port-Type', 'Virtual', '00000005'],
    ['Error-Cause', 'Session-Context-Not-Found', '000001f7'],
    ['PKM-SAID', '513', '0201'],
    ['MIP6-Feature-Vector', '18446744073709551615', 'ffffffffffffffff'],
    ['Event-Timestamp', '2026-02-28T23:59:59Z', '69a3817f'],
    ['Event-Timestamp', '2106-02-07T06:28:15Z', 'ffffffff'],
    ['Framed-IP-Address', '192.0.2.1', 'c0000201'],
    ['NAS-IPv6-Address', '2001:db8::1', '20010db8000000000000000000000001'],
    ['Framed-IPv6-Prefix', '2001:db8:1::/48', '003020010db8000100000000000000000000'],
    ['Framed-IPv6-Prefix', '::/0', '000000000000000000000000000000000000'],
    ['PMIP6-Home-IPv4-HoA', '192.0.2.0/24', '0018c0000200'],
    ['Framed-Interface-Id', '0:0:0:1', '0000000000000001'],
    ['Fortinet-WirelessController-Device-MAC', '00:00:5e:00:53:01', '00005e005301'],
    ['Tunnel-Type', ':1:VLAN', '0100000d'],
    ['Tunnel-Type', 'SSTP', '00013701'],
    ['Tunnel-Preference', ':31:16777215', '1fffffff'],
    ['Tunnel-Private-Group-Id', ':1:20', '013230'],
    ['Tunnel-Private-Group-Id', '20', '3230'],
    ['Tunnel-Private-Group-Id', ':0:20', '003230'],
    ['Fortinet-Group-Name', 'vpn-users', '76706e2d7573657273'],
    ['MS-MPPE-Encryption-Types', 'RC4-128bit-Allowed', '00000004'],
    ['MS-Primary-DNS-Server', '192.0.2.53', 'c0000235'],
    ['Cisco-AVPair', 'shell:priv-lvl=15', '7368656c6c3a707269762d6c766c3d3135'],
    ['Attr-213', '0x01', '01'],
    ['Attr-4242-7', '0x0102', '0102'],
  ];
  for (const [name, value, hex] of samples)
    it(`${name} = ${value} is written as ${hex} and read back`, () => {
      const { type, vendor } = attributeNumber(name) ?? {};
      const octets = Buffer.from(hex, 'hex');
      const encoded = encodeAttribute(name, value);
      expect(encoded).to.deep.equal(
        vendor === undefined ? { type, value: octets } : vendorSpecific({ vendor, type: type ?? 0, value: octets }),
      );
      expect(describeAttribute(encoded)).to.deep.equal([{ name, value }]);
    });

  it('take the names of attributes and values in any case, integers also by number, octets also as text', () => {
    expect(encodeAttribute('service-type', 'framed-user').value.toString('hex')).to.equal('00000002');
    expect(encodeAttribute('Service-Type', '2').value.toString('hex')).to.equal('00000002');
    expect(encodeAttribute('Class', 'OU=staff').value.toString('latin1')).to.equal('OU=staff');
    expect(encodeAttribute('Framed-IPv6-Prefix', '2001:db8::1/32').value.toString('hex')).to.equal(
      '002020010db8000000000000000000000000',
    );
    expect(encodeAttribute('PMIP6-Home-IPv4-HoA', '192.0.2.255/25').value.toString('hex')).to.equal('0019c0000280');
  });

  const wrong: [string, string, RegExp][] = [
    ['Usr-Name', 'alice', /^unknown attribute "Usr-Name"$/],
    ['Session-Timeout', '1h', /^Session-Timeout takes an integer from 0 to 4294967295$/],
    ['Session-Timeout', '-1', /takes an integer/],
    ['Session-Timeout', '4294967296', /takes an integer/],
    ['Session-Timeout', '', /takes an integer/],
    [
      'Framed-Compression',
      'Brotli',
      /takes an integer .* one of None, Van-Jacobson-TCP-IP, IPX-Header-Compression, Stac-LZS$/,
    ],
    ['PKM-SAID', '65536', /from 0 to 65535$/],
    ['Event-Timestamp', '2026-02-30T00:00:00Z', /takes a time/],
    ['Event-Timestamp', '1969-12-31T23:59:59Z', /takes a time/],
    ['Event-Timestamp', 'now', /takes a time/],
    ['Framed-IP-Address', '192.0.2', /takes an IPv4 address$/],
    ['Framed-IP-Address', '0300.0.2.1', /takes an IPv4 address$/],
    ['Framed-IP-Address', '2001:db8::1', /takes an IPv4 address$/],
    ['NAS-IPv6-Address', '192.0.2.1', /takes an IPv6 address$/],
    ['NAS-IPv6-Address', 'fe80::1%eth0', /takes an IPv6 address$/],
    ['Framed-IPv6-Prefix', '2001:db8::', /takes an IPv6 prefix/],
    ['Framed-IPv6-Prefix', '2001:db8::/129', /takes an IPv6 prefix/],
    ['Framed-IPv6-Prefix', '192.0.2.0/24', /takes an IPv6 prefix/],
    ['Framed-IPv6-Prefix', 'fe80::%eth0/64', /takes an IPv6 prefix/],
    ['PMIP6-Home-IPv4-HoA', '192.0.2/24', /takes an IPv4 prefix/],
    ['Framed-Interface-Id', '0:0:1', /takes an interface identifier/],
    ['Fortinet-WirelessController-Device-MAC', '00-00-5e-00-53-01', /takes a MAC address/],
    ['Class', '0x123', /takes text, or octets/],
    ['Class', '0x', /takes text, or octets/],
    ['Reply-Message', '', /^Reply-Message is empty$/],
    ['Reply-Message', 'ü'.repeat(127), /^Reply-Message is 254 octets long, over 253$/],
    ['Cisco-AVPair', 'x'.repeat(248), /^Cisco-AVPair is 248 octets long, over 247$/],
    ['Tunnel-Private-Group-Id', `:1:${'x'.repeat(253)}`, /is 254 octets long, over 253$/],
    ['Tunnel-Type', ':32:VLAN', /with a tag from 0 to 31$/],
    ['Tunnel-Type', '16777216', /from 0 to 16777215/],
    ['Vendor-Specific', '0x00000009', /name the vendor's attribute/],
    ['User-Password', 'hunter2', /^User-Password is encrypted for each hop/],
    ['Tunnel-Password', 'hunter2', /is encrypted for each hop/],
    ['MS-MPPE-Send-Key', '0x00', /is encrypted for each hop/],
  ];
  for (const [name, value, message] of wrong)
    it(`refuse ${name} = ${value.slice(0, 30)}`, () => {
      expect(() => encodeAttribute(name, value)).to.throw(Error, message);
    });

  it('fit to the last octet', () => {
    expect(encodeAttribute('Reply-Message', 'x'.repeat(253)).value).to.have.length(253);
    expect(encodeAttribute('Cisco-AVPair', 'x'.repeat(247)).value).to.have.length(253);
  });

  it('are shown as octets if the size is wrong', () => {
    for (const [name, hex] of [
      ['Session-Timeout', '000001'],
      ['Session-Timeout', ''],
      ['Event-Timestamp', '0000000001'],
      ['Framed-IP-Address', 'c00002'],
      ['NAS-IPv6-Address', 'c0000201'],
      ['Framed-IPv6-Prefix', '00'],
      ['Framed-IPv6-Prefix', '004020010db8'],
      ['Framed-IPv6-Prefix', `0040${'00'.repeat(17)}`],
      ['Framed-IPv6-Prefix', `0081${'00'.repeat(16)}`],
      ['PMIP6-Home-IPv4-HoA', '0018c00002'],
      ['PMIP6-Home-IPv4-HoA', '0021c0000200'],
      ['Framed-Interface-Id', '0001'],
      ['Tunnel-Type', '010d'],
      ['Tunnel-Type', '2000000d'],
      ['Tunnel-Type', ''],
    ] as const)
      expect(described(name, Buffer.from(hex, 'hex')), name).to.equal(`0x${hex}`);
  });

  it('of a short IPv6 prefix are completed with zeros', () => {
    expect(described('Framed-IPv6-Prefix', Buffer.from('002020010db8', 'hex'))).to.equal('2001:db8::/32');
  });

  it('of text may be empty, tagged or not', () => {
    expect(described('Reply-Message', Buffer.alloc(0))).to.equal('');
    expect(described('Tunnel-Client-Endpoint', Buffer.alloc(0))).to.equal('');
    expect(described('Tunnel-Client-Endpoint', Buffer.of(2))).to.equal(':2:');
  });
});

describe('packet/dictionary: secrets', () => {
  const secrets = [
    'User-Password CHAP-Password State Tunnel-Password EAP-Message',
    'ARAP-Password ARAP-Features ARAP-Security-Data ARAP-Challenge-Response',
    'Digest-Response Digest-Response-Auth Digest-HA1 PKM-Auth-Key',
    'MS-CHAP-Response MS-CHAP2-Response MS-CHAP2-Success MS-CHAP-CPW-1 MS-CHAP-CPW-2 MS-CHAP2-CPW',
    'MS-CHAP-LM-Enc-PW MS-CHAP-NT-Enc-PW MS-CHAP-MPPE-Keys MS-MPPE-Send-Key MS-MPPE-Recv-Key',
    'MS-Old-ARAP-Password MS-New-ARAP-Password Cisco-Subscriber-Password',
    'CVPN3000-Auth-Server-Password CVPN3000-Request-Auth-Vector CVPN3000-User-Auth-Server-Secret ASA-WebVPN-Storage-Key',
    'Mikrotik-Wireless-Enc-Key Mikrotik-Wireless-PSK Mikrotik-Wireless-MPKey',
  ].flatMap((line) => line.split(' '));

  for (const name of secrets)
    it(`${name} is masked at any size`, () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 247 }), (value) => {
          expect(described(name, Buffer.from(value))).to.equal('******');
        }),
        { numRuns: 50 },
      );
    });

  it('are no more than these', () => {
    const masked = attributes.flatMap(({ words: [, name = '', , , list = ''] }) =>
      /secret|encrypt/.test(list) ? [name] : [],
    );
    expect(masked).to.have.members(secrets);
  });

  it('in a pair are masked, other pairs are not', () => {
    for (const [pair, shown] of [
      ['psk=hunter2', 'psk=******'],
      ['ip:tunnel-password=hunter2=', 'ip:tunnel-password=******'],
      ['ipsec:Key*hunter2', 'ipsec:Key*******'],
      ['snmp:secret\n=hunter2', 'snmp:secret\\x0a=******'],
      ['shell:priv-lvl=15', 'shell:priv-lvl=15'],
      ['audit-session-id=key=1', 'audit-session-id=key=1'],
    ] as const)
      expect(described('Cisco-AVPair', Buffer.from(pair))).to.equal(shown);
  });

  it('are not shown when the lengths in Vendor-Specific do not add up', () => {
    const good = vendorSpecific({ vendor: 311, type: 25, value: Buffer.alloc(50, 'hunter2') }).value;
    for (const value of [good.subarray(0, -1), Buffer.concat([good, Buffer.of(1)])])
      expect(describeAttribute({ type: 26, value })).to.deep.equal([
        { name: 'Vendor-Specific', value: '0x00000137******' },
      ]);
  });

  it('may be what a known vendor has added since; of an unknown vendor, and of no vendor, it is shown', () => {
    const value = Buffer.from('hunter2');
    for (const [attribute, name, shown] of [
      [vendorSpecific({ vendor: 14988, type: 31, value }), 'Attr-14988-31', '******'],
      [vendorSpecific({ vendor: 4242, type: 31, value }), 'Attr-4242-31', '0x68756e74657232'],
      [{ type: 213, value }, 'Attr-213', '0x68756e74657232'],
    ] as const)
      expect(describeAttribute(attribute)).to.deep.equal([{ name, value: shown }]);
  });

  it('Message-Authenticator and User-Name are shown', () => {
    expect(described('Message-Authenticator', Buffer.alloc(16, 0xab))).to.equal(`0x${'ab'.repeat(16)}`);
    expect(described('User-Name', Buffer.from('alice'))).to.equal('alice');
  });
});

describe('packet/dictionary: hostile attributes', () => {
  /** What a terminal, a log line or a reader's eye may be misled by. */
  const misleading = /(?! )[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\p{Cs}]/u;

  it('split Vendor-Specific into its parts', () => {
    const value = Buffer.from('00000009010361fe0362', 'hex');
    expect(describeAttribute({ type: 26, value })).to.deep.equal([
      { name: 'Cisco-AVPair', value: 'a' },
      { name: 'Attr-9-254', value: '******' },
    ]);
  });

  it('show Vendor-Specific as octets if it is cut off, empty or of another layout', () => {
    for (const hex of ['', '0000', '00000009', '0000109200', '000010920101', '00001092010361ff', '00001092010461'])
      expect(describeAttribute({ type: 26, value: Buffer.from(hex, 'hex') })).to.deep.equal([
        { name: 'Vendor-Specific', value: `0x${hex}` },
      ]);
  });

  it('escape control, bidi and other invisible characters, and only them', () => {
    for (const [text, shown] of [
      ['a\r\nb\x1b[2J\x00\x7f', 'a\\x0d\\x0ab\\x1b[2J\\x00\\x7f'],
      [
        '\u0085\u00a0\u202e\u2066\u200b\u2028\u2029\ufeff',
        '\\u{85}\\u{a0}\\u{202e}\\u{2066}\\u{200b}\\u{2028}\\u{2029}\\u{feff}',
      ],
      ['\u{e0041}\ue000', '\\u{e0041}\\u{e000}'],
      ['björn 山田 🔑', 'björn 山田 🔑'],
      ['CORP\\alice \\x1b \\u{202e} \\xyz', 'CORP\\alice \\x5cx1b \\x5cu{202e} \\xyz'],
    ] as const)
      expect(described('User-Name', Buffer.from(text))).to.equal(shown);
  });

  it('escape every octet beyond ASCII of what is not UTF-8', () => {
    expect(described('User-Name', Buffer.from('björn\\xe4\n', 'latin1'))).to.equal('bj\\xf6rn\\x5cxe4\\x0a');
    expect(described('User-Name', Buffer.from('c3a9ff', 'hex'))).to.equal('\\xc3\\xa9\\xff');
    expect(described('User-Name', Buffer.from('c080', 'hex'))).to.equal('\\xc0\\x80');
  });

  it('never give two different names the same look', () => {
    const name = fc.oneof(
      fc.string({ unit: fc.constantFrom('\\', 'x', 'u', '{', '}', '1', 'b', '\x1b', '\u202e', 'ä'), maxLength: 12 }),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    fc.assert(
      fc.property(name, (text) => {
        const back = described('User-Name', Buffer.from(text)).replace(
          /\\x([0-9a-f]{2})|\\u\{([0-9a-f]+)\}/g,
          (_, byte: string | undefined, point: string | undefined) =>
            String.fromCodePoint(parseInt(byte ?? point ?? '', 16)),
        );
        expect(back).to.equal(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('of any octets are described without throwing and without a misleading character', () => {
    const value = fc.oneof(
      fc.uint8Array({ maxLength: 253 }),
      fc.string({ unit: 'binary', maxLength: 60 }).map((text) => Buffer.from(text)),
      fc
        .tuple(fc.constantFrom(9, 311, 3076, 3561, 12356, 25461, 4242), fc.uint8Array({ maxLength: 40 }))
        .map(([vendor, rest]) => Buffer.from([0, 0, vendor >> 8, vendor & 0xff, ...rest])),
    );
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 0, max: 255 }), fc.constant(26)), value, (type, octets) => {
        const all = describeAttribute({ type, value: Buffer.from(octets) });
        expect(all.length).to.be.greaterThan(0);
        for (const one of all) {
          expect(one.name).to.match(/^[!-~]+$/);
          expect(one.value).to.not.match(misleading);
        }
      }),
      { numRuns: 5000 },
    );
  });

  it('of every named attribute survive any octets', () => {
    for (const { vendor, words } of attributes)
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 20 }), (octets) => {
          const [type, value] = [Number(words[2]), Buffer.from(octets)];
          const attribute = vendor === undefined ? { type, value } : vendorSpecific({ vendor, type, value });
          for (const one of describeAttribute(attribute)) expect(one.value).to.not.match(misleading);
        }),
        { numRuns: 10 },
      );
  });
});
