import { expect } from 'chai';
import type { AccessRequest, Credential } from '../../../src/packet/access-request.ts';
import { aclLines, isAclDownload } from '../../../src/packet/acl-download.ts';
import type { Attribute } from '../../../src/packet/packet.ts';
import { avPair } from '../../support/av-pair.ts';
import { vendorSpecific } from '../../../src/packet/vendor-specific.ts';

const event = avPair('aaa:event=acl-download');
const none: Credential = { kind: 'none' };
const pap = (password: string): Credential => ({ kind: 'pap', password: Buffer.from(password) });

function request(name: string | undefined, credential: Credential, attributes: readonly Attribute[]): AccessRequest {
  return {
    packet: { attributes } as AccessRequest['packet'],
    userName: name === undefined ? undefined : Buffer.from(name),
    credential,
    state: undefined,
    callingStationId: undefined,
  };
}

describe('packet/acl-download', () => {
  it('is told by name, pair and the want of a password together', () => {
    for (const credential of [none, pap('')])
      expect(
        isAclDownload(request('#ACSACL#-IP-staff-4f2', credential, [avPair('aaa:service=ip-admission'), event])),
      ).to.equal(true);
    expect(isAclDownload(request('#ACSACL#-IP-staff', none, [avPair('AAA:event=acl-download')]))).to.equal(true);
  });

  for (const [what, name, credential, attributes] of [
    ['a password', '#ACSACL#-IP-staff', pap('wonderland'), [event]],
    ['a password of one blank', '#ACSACL#-IP-staff', pap(' '), [event]],
    ['EAP', '#ACSACL#-IP-staff', { kind: 'eap', message: Buffer.alloc(5) }, [event]],
    [
      'CHAP',
      '#ACSACL#-IP-staff',
      { kind: 'chap', id: 1, response: Buffer.alloc(16), challenge: Buffer.alloc(16) },
      [event],
    ],
    ['no pair', '#ACSACL#-IP-staff', none, []],
    ['another pair', '#ACSACL#-IP-staff', none, [avPair('aaa:service=ip-admission')]],
    ['a longer pair', '#ACSACL#-IP-staff', none, [avPair('aaa:event=acl-download ')]],
    [
      'the pair of another vendor',
      '#ACSACL#-IP-staff',
      none,
      [vendorSpecific({ vendor: 10, type: 1, value: Buffer.from('aaa:event=acl-download') })],
    ],
    [
      'another type of the vendor',
      '#ACSACL#-IP-staff',
      none,
      [vendorSpecific({ vendor: 9, type: 2, value: Buffer.from('aaa:event=acl-download') })],
    ],
    [
      'the pair as a Filter-Id',
      '#ACSACL#-IP-staff',
      none,
      [{ type: 11, value: Buffer.from('aaa:event=acl-download') }],
    ],
    [
      'an octet too many in the pair',
      '#ACSACL#-IP-staff',
      none,
      [{ type: 26, value: Buffer.concat([event.value, Buffer.of(1)]) }],
    ],
    ['the prefix alone', '#ACSACL#-', none, [event]],
    ['the prefix in another case', '#acsacl#-IP-staff', none, [event]],
    ['the prefix behind something', ' #ACSACL#-IP-staff', none, [event]],
    ["a user's name", 'alice', none, [event]],
    ['no name', undefined, none, [event]],
  ] as const satisfies readonly (readonly [string, string | undefined, Credential, readonly Attribute[]])[])
    it(`is none with ${what}`, () => {
      expect(isAclDownload(request(name, credential, attributes))).to.equal(false);
    });

  it('of what was granted only lines of an ACL go on', () => {
    const lines = ['ip:inacl#1=permit ip any any', 'IP:INACL#22=deny ip any any', 'ipv6:inacl#1=permit ipv6 any any'];
    const others = ['shell:priv-lvl=15', 'ip:inacl=permit ip any any', 'ip:addr-pool=staff', 'x ip:inacl#1=permit'];
    const both = Buffer.concat([avPair(lines[0] ?? '').value, avPair('shell:priv-lvl=15').value.subarray(4)]);
    const granted = [
      { kind: 'plain', type: 25, value: Buffer.from('class') },
      ...lines.map((each) => ({ kind: 'plain', ...avPair(each) }) as const),
      ...others.map((each) => ({ kind: 'plain', ...avPair(each) }) as const),
      { kind: 'plain', type: 26, value: both },
      { kind: 'plain', type: 26, value: Buffer.of(0, 0, 0, 9) },
      { kind: 'mppe-key', type: 16, value: Buffer.alloc(32) },
    ] as const;
    expect(aclLines(granted)).to.deep.equal(lines.map((each) => ({ kind: 'plain', ...avPair(each) })));
  });
});
