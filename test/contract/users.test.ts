import { expect } from 'chai';
import { replaceRecoveryCodes } from '../../src/factor/recovery-codes.ts';
import { foldUserName, type FoldedName } from '../../src/policy/user-name.ts';
import { localKept } from '../../src/primary/local-kept.ts';
import { grantBypass } from '../../src/store/bypasses.ts';
import { applyUsers, planUsers, type ImportedUser } from '../../src/store/import-users.ts';
import { everyone, listUsers } from '../../src/store/list-users.ts';
import { resetUser } from '../../src/store/reset-user.ts';
import type { Store } from '../../src/store/store.ts';
import { addUser, setUser, showUser, type UserChange } from '../../src/store/users.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { packed } from '../support/packed.ts';
import { drivers } from '../support/store-drivers.ts';
import { execute, query } from '../support/test-transactions.ts';

const change = { id: 'c', command: 'user test', at: 1_700_000_000_000 };
const fold = (name: string): FoldedName => foldUserName(name) ?? expect.fail(`${name} is no user name`);

for (const driver of drivers)
  driver.suite(`contract: users in ${driver.name}`, function () {
    this.timeout(30_000);
    const { nodes } = nodesOn(driver);
    const node = (index: number): Store => nodes[index % nodes.length] ?? expect.fail('no node');

    const batch = (node: number, size: number): ImportedUser[] =>
      Array.from({ length: size }, (_, i) => ({
        id: `${node}-${i}`,
        line: i + 2,
        name: `User${i}`,
        names: [fold(`User${i}`), fold(`alias${i}@corp.example`)],
        firstName: 'First',
        lastName: null,
        phone: null,
        email: null,
        language: null,
        preferredWay: null,
        groups: i % 2 === 0 ? ['even'] : ['odd', 'staff'],
      }));

    it('imports the same users once, though two nodes do it at the same time', async () => {
      const plans = await Promise.all(
        [0, 1].map((i) => node(i).run(applyUsers, { rows: packed(batch(i, 450)), distinct: false, change })),
      );
      expect(plans.map(({ added }) => added).toSorted((a, b) => a - b)).to.deep.equal([0, 450]);
      expect(plans.map(({ present }) => present).toSorted((a, b) => a - b)).to.deep.equal([0, 450]);
      expect(plans.flatMap(({ refused }) => refused)).to.deep.equal([]);
      const again = await node(0).run(planUsers, { rows: packed(batch(2, 451)), distinct: false });
      expect([again.added, again.present]).to.deep.equal([1, 450]);
    });

    it('keeps of a new password what is asked, sealed, and nothing of the one before', async () => {
      const user = fold('dora');
      const facts = { id: 'dora', name: 'dora', names: [user], phone: null, email: null, distinct: false, now: 1 };
      const password = { kind: 'password', octets: Buffer.from('kept in clear \u20ac') } as const;
      const hash = { kind: 'nt-hash', octets: Buffer.alloc(16, 0x5a) } as const;
      await node(0).run(addUser, { ...facts, password: '$scrypt$1', kept: password });
      const own = { phone: undefined, email: undefined, disabled: undefined, addAliases: [], removeAliases: [] };
      const set = (to: Pick<UserChange, 'password' | 'kept'>): Promise<string> =>
        node(0).run(setUser, { user, ...own, distinct: false, ...to });
      const row = async (): Promise<unknown[]> => {
        const sql = `SELECT sealed_nt_hash, sealed_password FROM users WHERE id = 'dora'`;
        const [found] = await node(1).run(query, { sql });
        return Object.values(found ?? {}).filter((value) => value !== null);
      };
      const kept = async () => [
        await node(1).run(localKept, { name: user, realms: undefined }),
        (await node(1).run(showUser, user)).keptPassword,
        (await row()).length,
      ];
      expect(await kept()).to.deep.equal([password, 'password', 1]);
      expect(String((await row())[0])).not.to.contain('in clear');
      await set({ password: undefined });
      expect(await kept(), 'no new password').to.deep.equal([password, 'password', 1]);
      await set({ password: '$scrypt$2', kept: hash });
      expect(await kept()).to.deep.equal([hash, 'nt-hash', 1]);
      await set({ password: '$scrypt$3' });
      expect(await kept()).to.deep.equal([{ kind: 'nothing' }, null, 0]);
    });

    it('lists a page of those in a group', async () => {
      const { total, users } = await node(1).run(listUsers, { ...everyone, group: 'staff', text: 'user', limit: 2 });
      expect(total).to.equal(225);
      expect(users).to.have.length(2);
      for (const { groups, firstName } of users) expect([groups, firstName]).to.deep.equal([['odd', 'staff'], 'First']);
      const locked = { ...everyone, failures: 1, disabled: true, withoutToken: true };
      expect(await node(0).run(listUsers, locked)).to.deep.equal({ total: 0, users: [] });
    });

    it('keeps ten recovery codes and one bypass, however many are made at the same time, and resets all', async () => {
      const user = fold('user7');
      const codes = (letter: string): string[] => Array.from({ length: 10 }, (_, i) => `${letter.repeat(9)}${i}`);
      await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          Promise.all([
            node(i).run(replaceRecoveryCodes, { user, codes: codes(String.fromCodePoint(65 + i)), change }),
            node(i).run(grantBypass, { id: `b${i}`, user, reason: `r${i}`, seconds: 60, change }),
          ]),
        ),
      );
      const shown = await node(0).run(showUser, user);
      expect(shown.recoveryCodes).to.equal(10);
      expect(shown.bypass?.validUntil).to.equal(change.at + 60_000);
      const bypasses = 'SELECT id FROM bypasses WHERE used_at IS NULL';
      expect(await node(0).run(query, { sql: bypasses })).to.have.length(1);
      expect(await node(1).run(resetUser, { user, change })).to.include({ recoveryCodes: 10, bypasses: 1, tokens: 0 });
      expect(await node(0).run(execute, { sql: 'DELETE FROM recovery_codes' })).to.equal(0);
    });
  });
