import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { listRows, type NumberedRow } from '../../src/audit/list-rows.ts';
import { record } from '../../src/audit/record.ts';
import { verifyAudit } from '../../src/audit/verify.ts';
import { attempt } from '../../src/login/attempt.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { hotp } from '../../src/factor/oath.ts';
import { setUser } from '../../src/store/users.ts';
import { attemptInput } from '../support/attempt-input.ts';
import { everyRow } from '../support/audit-rows.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { addUser, giveToken, openStoreIn } from '../support/scratch-store.ts';
import { drivers } from '../support/store-drivers.ts';
import { empty, execute } from '../support/test-transactions.ts';

const now = Date.UTC(2024, 0, 1, 12);
const alice = foldUserName('alice') ?? expect.fail('alice is a name');
const key = Buffer.from('12345678901234567890');

for (const driver of drivers)
  driver.suite(`contract: what rows of the audit tell, on ${driver.name}`, function () {
    this.timeout(30_000);
    const [store] = nodesOn(driver).nodes;

    beforeEach(async () => {
      await store.run(empty, null);
      await addUser(store, { id: 'u1', names: ['alice'] });
      const sql =
        "UPDATE users SET first_name = 'Alice', last_name = 'Éluard', email = 'alice@corp.example', phone = '+41791234567' WHERE id = 'u1'";
      await store.run(execute, { sql });
    });

    const row = async (at = store): Promise<NumberedRow> => {
      const [newest] = await at.run(listRows, { ...everyRow, limit: 1 });
      return newest ?? expect.fail('no row');
    };

    it('who it was, masked, and which token showed the code', async () => {
      await giveToken(store, { id: 't1', userId: 'u1', key, type: 'hotp' });
      await store.run(execute, { sql: "UPDATE tokens SET serial = 'SN-7' WHERE id = 't1'" });
      const input = attemptInput('u1', hotp({ key, algorithm: 'sha1', digits: 6 }, 0), now);
      const about = {
        protocol: 'pap',
        application: 'the VPN',
        device: '198.51.100.9',
        serverAddress: '192.0.2.1:1812',
      };
      const spent = { primary: 12.4, store: 3, approval: 0 };
      const audit = { ...input.audit, callingStationId: '198.51.100.9', ...about, spent };
      const { outcome } = await store.run(attempt, { ...input, methods: ['hotp'], audit });
      expect(outcome).to.equal('accepted');
      expect(await row()).to.deep.include({
        account: 'alice',
        firstName: 'A****',
        lastName: 'É****',
        email: 'a****@corp.example',
        phone: '+41 ** ** ** 67',
        token: 'SN-7',
        protocol: 'pap',
        application: 'the VPN',
        // The same as Calling-Station-Id.
        device: null,
        serverAddress: '192.0.2.1:1812',
        spentMs: { primary: 12, store: 3, approval: null },
      });
    });

    it('nothing of a person that nobody knows', async () => {
      const { userId, audit } = attemptInput('u2', '', now);
      await store.run(record, { ...audit, userId, method: null, result: 'reject', reason: 'password-wrong' });
      expect(await row()).to.deep.include({ account: null, firstName: null, email: null, phone: null, token: null });
    });

    it('of a change who made it, and what was before and is now: nothing that is secret, nothing that did not change', async () => {
      await store.run(setUser, {
        user: alice,
        phone: '+33612345678',
        email: 'alice@corp.example',
        password: '$scrypt$secret',
        disabled: undefined,
        addAliases: [],
        removeAliases: [],
        addGroups: ['vpn'],
        distinct: false,
        change: { id: 'c1', command: 'user set', at: now, actor: 'root (sudo: carol)' },
      });
      const { actor, changedFrom, changedTo } = await row();
      expect(actor).to.equal('root (sudo: carol)');
      expect(JSON.parse(changedFrom ?? '')).to.deep.equal({
        phone: '+41 ** ** ** 67',
        password: null,
        groups_added: null,
      });
      expect(JSON.parse(changedTo ?? '')).to.deep.equal({
        phone: '+33 ** ** ** 78',
        password: 'changed',
        groups_added: ['vpn'],
      });
    });

    it('are linked with all of that', async () => {
      const { userId, audit } = attemptInput('u1', '', now);
      await store.run(record, { ...audit, userId, method: null, result: 'accept', reason: 'accepted' });
      const verify = () => verifyAudit(store, { anchors: [], onlyNewer: false, onProgress: () => undefined });
      expect((await verify()).findings).to.deep.equal([]);
      await store.run(execute, { sql: "UPDATE audit SET phone = '+41 ** ** ** 66'" });
      expect((await verify()).findings).to.have.length(1);
    });
  });

describe('what rows of the audit tell of persons', () => {
  it('is as the store was opened', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'radgate-audit-'));
    const shown = { node: 'n1', firstName: 'off', lastName: 'full', email: 'off', phone: 'full' } as const;
    const store = await openStoreIn(dir, { audit: shown });
    try {
      await addUser(store, { id: 'u1', names: ['alice'] });
      const sql = "UPDATE users SET first_name = 'Alice', last_name = 'Smith', email = 'a@b', phone = '+41791234567'";
      await store.run(execute, { sql });
      const { userId, audit } = attemptInput('u1', '', now);
      await store.run(record, { ...audit, userId, method: null, result: 'accept', reason: 'accepted' });
      const [row] = await store.run(listRows, { ...everyRow, limit: 1 });
      const wanted = { node: 'n1', firstName: null, lastName: 'Smith', email: null, phone: '+41791234567' };
      expect(row).to.deep.include(wanted);
    } finally {
      await store.close();
      rmSync(dir, { recursive: true });
    }
  });
});
