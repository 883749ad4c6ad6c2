import { expect } from 'chai';
import { addressOctets, canonicalAddress, parseNetwork } from '../../../src/nas/address.ts';
import { NasTable } from '../../../src/nas/nas-table.ts';
import { aNas } from '../../support/a-nas.ts';

function table(clients: Readonly<Record<string, readonly string[]>>, remembered?: number): NasTable {
  const list = Object.entries(clients).map(([name, addresses]) => ({ nas: aNas({ name }), addresses }));
  return new NasTable(list, remembered);
}

const found = (clients: NasTable, address: string): string | undefined => clients.find(canonicalAddress(address))?.name;

describe('nas/nas-table', () => {
  it('finds a client by its address, and nobody by another', () => {
    const clients = table({ vpn: ['192.0.2.10'] });
    expect(found(clients, '192.0.2.10')).to.equal('vpn');
    expect(found(clients, '192.0.2.11')).to.equal(undefined);
    expect(found(clients, '::1')).to.equal(undefined);
  });

  it('the longest prefix wins, in whatever order they stand', () => {
    const ordered = { all: ['0.0.0.0/0'], site: ['10.1.0.0/16'], floor: ['10.1.2.0/24'], host: ['10.1.2.3'] };
    const reversed = Object.fromEntries(Object.entries(ordered).toReversed());
    for (const clients of [table(ordered), table(reversed)]) {
      expect(found(clients, '10.1.2.3')).to.equal('host');
      expect(found(clients, '10.1.2.4')).to.equal('floor');
      expect(found(clients, '10.1.3.3')).to.equal('site');
      expect(found(clients, '10.2.2.3')).to.equal('all');
    }
  });

  it('prefixes need not end at an octet', () => {
    const clients = table({
      low: ['192.0.2.0/25'],
      high: ['192.0.2.128/25'],
      wide: ['192.0.0.0/13'],
      one: ['192.0.2.77/32'],
    });
    expect(found(clients, '192.0.2.127')).to.equal('low');
    expect(found(clients, '192.0.2.128')).to.equal('high');
    expect(found(clients, '192.7.255.255')).to.equal('wide');
    expect(found(clients, '192.8.0.0')).to.equal(undefined);
    expect(found(clients, '192.0.2.77')).to.equal('one');
  });

  it('host bits of a network do not matter', () => {
    expect(found(table({ vpn: ['192.0.2.77/24'] }), '192.0.2.1')).to.equal('vpn');
  });

  it('a client may have a list, of both families', () => {
    const clients = table({ vpn: ['192.0.2.1', '198.51.100.0/24', '2001:db8::/32'] });
    for (const address of ['192.0.2.1', '198.51.100.200', '2001:db8:ffff::1'])
      expect(found(clients, address), address).to.equal('vpn');
    expect(found(clients, '2001:db9::1')).to.equal(undefined);
  });

  it('IPv6: the longest prefix wins, in any spelling', () => {
    const clients = table({
      site: ['2001:db8::/32'],
      net: ['2001:DB8:0:1::/64'],
      host: ['2001:db8:0:1:0:0:0:a'],
      odd: ['2001:db8:8000::/33'],
    });
    expect(found(clients, '2001:db8:0:1::A')).to.equal('host');
    expect(found(clients, '2001:0db8:0000:0001::b')).to.equal('net');
    expect(found(clients, '2001:db8:1::1')).to.equal('site');
    expect(found(clients, '2001:db8:8001::1')).to.equal('odd');
  });

  it('a source that is IPv4 mapped into IPv6 is IPv4', () => {
    const clients = table({ vpn: ['192.0.2.0/24'], six: ['::/0'] });
    expect(found(clients, '::ffff:192.0.2.9')).to.equal('vpn');
    expect(found(clients, '::ffff:c000:209')).to.equal('vpn');
    expect(found(clients, '::ffff:198.51.100.1')).to.equal(undefined);
    expect(found(clients, '::1')).to.equal('six');
  });

  it('a client that is written as a mapped address or network is IPv4 too', () => {
    const clients = table({ host: ['::ffff:192.0.2.9'], net: ['::ffff:198.51.100.0/120'] });
    expect(found(clients, '192.0.2.9')).to.equal('host');
    expect(found(clients, '198.51.100.77')).to.equal('net');
    expect(found(clients, '198.51.101.77')).to.equal(undefined);
  });

  it('0.0.0.0/0 is no IPv6 address, ::/0 no IPv4 address', () => {
    expect(found(table({ four: ['0.0.0.0/0'] }), '2001:db8::1')).to.equal(undefined);
    expect(found(table({ six: ['::/0'] }), '192.0.2.1')).to.equal(undefined);
  });

  it('a link-local source is found without its zone', () => {
    expect(found(table({ vpn: ['fe80::1'] }), 'fe80::1%eth0')).to.equal('vpn');
  });

  it('finds the same again, also beyond what it remembers', () => {
    const clients = table({ net: ['10.0.0.0/8'], host: ['10.0.0.3'] }, 2);
    for (let round = 0; round < 2; round++)
      for (let last = 1; last <= 5; last++)
        expect(found(clients, `10.0.0.${last}`)).to.equal(last === 3 ? 'host' : 'net');
  });

  it('refuses what is neither address nor network', () => {
    for (const wrong of ['', 'vpn.example', '192.0.2.1/33', '192.0.2.256', '2001:db8::/129', '1.2.3.4/'])
      expect(() => table({ vpn: [wrong] }), wrong).to.throw(Error);
  });
});

describe('nas/address', () => {
  for (const [written, canonical] of [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1'],
    ['2001:0DB8:0000::0001', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::1', '::1'],
  ] as const)
    it(`${written} is ${canonical}`, () => {
      expect(canonicalAddress(written)).to.equal(canonical);
    });

  it('an address is a network of its whole length', () => {
    expect(parseNetwork('192.0.2.1')).to.deep.equal({ octets: [192, 0, 2, 1], prefix: 32 });
    expect(parseNetwork('::1').prefix).to.equal(128);
    expect(addressOctets('::1')).to.have.length(16);
  });
});
