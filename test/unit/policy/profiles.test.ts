import { existsSync } from 'node:fs';
import { expect } from 'chai';
import type { Profile } from '../../../src/policy/profiles/profile.ts';
import { profileNames, profiles } from '../../../src/policy/profiles/profiles.ts';

const all: Readonly<Record<string, Profile>> = profiles;

describe('policy/profiles', () => {
  it('are those of the devices that docs/profiles.md promises', () => {
    expect(profileNames).to.include.members([
      'anyconnect',
      'cisco-ise',
      'fortigate',
      'globalprotect',
      'citrix-adc',
      'ivanti',
      'f5-apm',
      'check-point',
      'sonicwall',
      'sophos',
      'mikrotik',
      'pfsense',
      'opnsense',
      'openvpn-auth-pam',
      'openvpn-radiusplugin',
      'openvpn-access-server',
      'radcli',
      'strongswan',
      'rd-gateway',
      'horizon',
      'rras',
      'pam-radius',
    ]);
    const devices = Object.values(all).map(({ device }) => device);
    expect(new Set(devices).size).to.equal(devices.length);
  });

  for (const [name, profile] of Object.entries(all))
    describe(name, () => {
      it('says where it is written down', () => {
        if (name !== 'generic') expect(profile.sources).to.have.length.above(0);
        for (const source of profile.sources) expect(new URL(source).protocol).to.match(/^https?:$/);
      });

      it('claims to be tried by tests that are there', () => {
        const files = profile.tried?.match(/test\/peer\/[\w.-]+/g) ?? [];
        if (profile.tried !== null) expect(files).to.have.length.above(0);
        for (const file of files) {
          const url = new URL(`../../../../${file.replace(/(\.test\.ts)?$/, '.test.ts')}`, import.meta.url);
          expect(existsSync(url), file).to.equal(true);
        }
      });

      it('leaves users a way in, and nothing open', () => {
        expect(profile.deadline).to.be.within(1_000, 120_000);
        if (!profile.challenge) expect(profile.append, 'a code has to be typed somewhere').to.not.equal('off');
        if (profile.appendLength !== null) expect(profile.append).to.not.equal('off');
        expect(profile.messageAuthenticator, 'a profile takes no check away').to.be.oneOf(['auto', 'require']);
        if (profile.aclDownloads) expect(profile.device).to.match(/^Cisco/);
      });
    });
});
