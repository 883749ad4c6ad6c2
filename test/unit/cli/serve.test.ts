import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { Exit } from '../../../src/errors.ts';
import { execute } from '../../support/test-transactions.ts';
import { localConfig, Workplace } from './command.ts';

/** What is found out only once the store is open: it must not keep the process, which serves nothing, from ending. */
describe('radgate serve, of which a part cannot be opened', function () {
  this.timeout(60_000);
  let work: Workplace;
  beforeEach(() => (work = new Workplace()));
  afterEach(() => work.remove());

  const config = localConfig.replace('[[primary]]', 'primary = "local"\n[[primary]]');
  const directory = `[[primary]]
name = "ad"
type = "ldap"
directory = "ad"
server = ["ldaps://192.0.2.1"]
base_dn = "DC=corp,DC=example"
bind_dn = "CN=radgate,DC=corp,DC=example"
bind_password = "a password of the directory"
ca_file = "missing.pem"
`;
  const mail = `[[provider]]
name = "mail"
type = "smtp"
channel = "email"
server = "192.0.2.1:25"
from = "radgate@corp.example"
ca_file = "missing.pem"
`;

  for (const [what, section] of [
    ['the authority of a directory', directory],
    ['the authority of a mail server', mail],
  ] as const)
    it(`ends with 78 and says which file it is: ${what}`, async () => {
      work.write('radius.conf', config + section);
      const { code, stderr } = await work.radgate(['serve']);
      expect(stderr).to.contain(join(work.dir, 'missing.pem'));
      expect(code).to.equal(Exit.config);
      expect(existsSync(join(work.dir, 'radgate.db-wal')), 'the store is open').to.equal(false);
    });

  it('ends with 69 if the store cannot be read', async () => {
    work.write('radius.conf', config);
    await work.does(['user', 'add', 'alice']);
    await work.inStore((store) => store.run(execute, { sql: 'DROP TABLE seen_authenticators', parameters: [] }));
    const { code, stderr } = await work.radgate(['serve']);
    expect(stderr).to.contain('seen_authenticators');
    expect(code).to.equal(Exit.unavailable);
  });

  it('ends with 69 if this host has no such address', async () => {
    work.write('radius.conf', config.replace('127.0.0.1:0', '192.0.2.1:1812'));
    const { code, stderr } = await work.radgate(['serve']);
    expect(stderr).to.contain('cannot listen on UDP 192.0.2.1:1812');
    expect(code).to.equal(Exit.unavailable);
  });
});
