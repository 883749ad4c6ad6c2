import { expect } from 'chai';
import { realmOf, withoutRealm, type Realm } from '../../../src/primary/realms.ts';
import { RealmPrimary } from '../../../src/primary/realm-primary.ts';
import { asAsked } from '../../../src/primary/primary.ts';
import { attribute } from '../../peer/packet-bytes.ts';
import { FakePrimary } from '../../support/fake-primary.ts';
import { primaryRequest } from '../../support/primary-requests.ts';

const realm = (suffix: string, primary: string, client?: readonly string[]): Realm => ({
  suffix,
  primary,
  client,
  strip: false,
});
const realms = [
  realm('partner.example', 'partner'),
  realm('eu.partner.example', 'europe'),
  realm('corp', 'netbios'),
  realm('shared', 'all'),
  realm('shared', 'vpn-only', ['vpn']),
  realm('guests', 'guests', ['wifi']),
];
const primaryOf = (name: string, client = 'vpn'): string | undefined =>
  realmOf(realms, client, Buffer.from(name))?.primary;

describe('primary/realms', () => {
  for (const [name, expected] of [
    ['alice@partner.example', 'partner'],
    ['ALICE@Partner.EXAMPLE', 'partner'],
    ['partner.example\\alice', 'partner'],
    ['partner.example/alice', 'partner'],
    ['alice%partner.example', 'partner'],
    ['alice\uff20partner.example', 'partner'],
    ['alice@us.partner.example', 'partner'],
    ['alice@eu.partner.example', 'europe'],
    ['alice@fr.eu.partner.example', 'europe'],
    ['CORP\\alice', 'netbios'],
    ['alice@otherpartner.example', undefined],
    ['alice', undefined],
    ['alice@', undefined],
    ['@partner.example', undefined],
    ['alice@corp\\bob', undefined],
    ['corp\\alice@partner.example', undefined],
    ['al\u200bice@partner.example', undefined],
  ] as const)
    it(`${JSON.stringify(name)} is checked by ${expected ?? 'the primary of its client'}`, () => {
      expect(primaryOf(name)).to.equal(expected);
    });

  it('one that names the client goes before one that does not, and holds there alone', () => {
    expect(primaryOf('x@shared')).to.equal('vpn-only');
    expect(primaryOf('x@shared', 'wifi')).to.equal('all');
    expect(primaryOf('x@guests')).to.equal(undefined);
    expect(primaryOf('x@guests', 'wifi')).to.equal('guests');
  });

  it('the realm is cut off, and the rest stays as it is to the octet', () => {
    for (const [name, expected] of [
      ['alice@partner.example', 'alice'],
      ['CORP\\al\xefce', 'al\xefce'],
      ['x/alice', 'alice'],
      ['alice%x', 'alice'],
      ['alice', 'alice'],
      ['a@b@c', 'a@b@c'],
      ['@b', '@b'],
    ] as const)
      expect(withoutRealm(Buffer.from(name, 'latin1')).toString('latin1'), name).to.equal(expected);
  });

  it('a primary is told the name without it, in User-Name too; but where the proof is made of the name', async () => {
    const inner = new FakePrimary('partner');
    const primary = new RealmPrimary(inner, { ...realm('partner', 'partner'), strip: true });
    const attributes = [attribute(32, 'vpn'), attribute(1, 'alice@partner')];
    const request = primaryRequest({ user: 'alice@partner', attributes, deadline: 0 });
    expect((await primary.check(request)).kind).to.equal('ok');
    await primary.check({ ...request, credential: { kind: 'eap', message: Buffer.of(2, 1, 0, 4) } });
    const [pap, eap] = inner.asked.entries;
    expect(pap?.userName.toString()).to.equal('alice');
    expect(pap?.packet.attributes.map(({ value }) => value.toString())).to.deep.equal(['vpn', 'alice']);
    expect(eap?.userName.toString()).to.equal('alice@partner');
    expect(eap?.packet.attributes[1]?.value.toString()).to.equal('alice@partner');
    expect(primary.name).to.equal('partner');
  });

  it("a partner's alice is not ours: a name that it gives without a realm is one of its realm", async () => {
    const inner = new FakePrimary('partner', () => ({
      kind: 'ok',
      granted: [],
      person: { ...asAsked, names: ['alice', Buffer.from('bob'), 'carol@corp.example', 'CORP\\dave'] },
    }));
    const primary = new RealmPrimary(inner, realm('partner.example', 'partner'));
    const result = await primary.check(primaryRequest({ user: 'alice@partner.example', deadline: 0 }));
    if (result.kind !== 'ok') throw new Error(result.kind);
    expect(result.person.names.map(String)).to.deep.equal([
      'alice@partner.example',
      'bob@partner.example',
      'carol@corp.example',
      'CORP\\dave',
    ]);
    expect(inner.asked.entries[0]?.userName.toString(), 'not stripped').to.equal('alice@partner.example');
  });
});
