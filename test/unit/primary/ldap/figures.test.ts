import { expect } from 'chai';
import { LdapPrimary } from '../../../../src/primary/ldap/ldap.ts';
import { freeTcpPort } from '../../../peer/free-port.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { primaryRequest } from '../../../support/primary-requests.ts';

describe('primary/ldap: what is known of its servers', () => {
  it('a server where nobody listens is down, and no hope until its turn to be tried has come', async () => {
    const clock = new FakeClock();
    const port = await freeTcpPort('127.0.0.1');
    const primary = new LdapPrimary({
      name: 'directory',
      servers: [{ scheme: 'ldap', host: '127.0.0.1', port }],
      startTls: false,
      ca: undefined,
      tlsMinVersion: '1.2',
      timeout: 2_000,
      service: undefined,
      bind: { kind: 'dn', template: 'uid={user},dc=corp,dc=example' },
      directory: {
        kind: 'openldap',
        base: 'dc=corp,dc=example',
        groupBase: 'dc=corp,dc=example',
        userAttributes: ['uid'],
        userFilter: '(objectClass=*)',
        nameAttributes: ['uid'],
        phoneAttributes: [],
        mailAttributes: [],
        replyAttributes: [],
      },
      requireGroup: [],
      passwordEncoding: 'utf-8',
      clock,
      onHealth: () => undefined,
    });
    const server = `ldap://127.0.0.1:${port}`;
    const known = (): object[] =>
      primary.upstreams.map(({ asked, took, ...one }) => ({
        ...one,
        asked: asked.counted().map(({ values, count }) => [...values, count]),
        took: took.count,
      }));
    const none = [
      ['answered', 0],
      ['silent', 0],
    ];
    const before = { server, isUp: true, isHopeful: true, outstanding: 0, took: 0 };
    expect(known()).to.deep.equal([{ ...before, asked: [...none, ['failed', 0], ['full', 0]] }]);
    const deadline = clock.monotonic() + 10_000;
    expect((await primary.check(primaryRequest({ deadline }))).kind).to.equal('unreachable');
    const after = { ...before, isUp: false, asked: [...none, ['failed', 1], ['full', 0]] };
    expect(known()).to.deep.equal([{ ...after, isHopeful: false }]);
    clock.pass(10_000);
    expect(known()).to.deep.equal([{ ...after, isHopeful: true }]);
    await primary.close();
  });
});
