import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { findCodeForms, type UserForms } from '../../src/factor/code-forms.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { addUser, giveToken } from '../support/scratch-store.ts';
import { drivers } from '../support/store-drivers.ts';
import { addRecoveryCode, execute } from '../support/test-transactions.ts';

const now = Date.UTC(2024, 0, 1, 12);

for (const driver of drivers)
  driver.suite(`contract: what a user's codes look like, on ${driver.name}`, function () {
    this.timeout(30_000);
    const [store] = nodesOn(driver).nodes;
    let userName: string;
    let userId: string;

    beforeEach(async () => {
      userName = randomUUID();
      userId = await addUser(store, { names: [userName] });
    });

    const forms = (typed = userName): Promise<UserForms | null> =>
      store.run(findCodeForms, { name: foldUserName(typed) ?? expect.fail('no name'), realms: undefined, now });
    const change = (sql: string): Promise<unknown> => store.run(execute, { sql, parameters: [userId] });

    it('a name that is nobody has none, and a user without a token has no code', async () => {
      expect(await forms('nobody at all')).to.equal(null);
      expect(await forms()).to.deep.equal({ lengths: [], pin: false, recovery: false, language: null });
    });

    it('a name in a realm is nobody outside of it', async () => {
      const realms = { realms: [{ suffix: 'partner.example', primary: 'partner' }], primary: 'nps' };
      for (const [typed, isKnown] of [
        [userName, true],
        [`corp\\${userName}`, true],
        [`${userName}@partner.example`, false],
      ] as const) {
        const name = foldUserName(typed) ?? expect.fail('no name');
        expect((await store.run(findCodeForms, { name, realms, now })) !== null, typed).to.equal(isKnown);
      }
    });

    it('tells the digits of the tokens that may be used, in any spelling of the name', async () => {
      await giveToken(store, { userId, key: randomBytes(20) });
      await giveToken(store, { userId, key: randomBytes(20), digits: 8 });
      expect((await forms(userName.toUpperCase()))?.lengths.toSorted()).to.deep.equal([6, 8]);
      await change("UPDATE tokens SET state = 'disabled' WHERE digits = 8 AND user_id = ?");
      expect((await forms())?.lengths).to.deep.equal([6]);
      await change(`UPDATE tokens SET valid_until = ${now} WHERE user_id = ?`);
      expect((await forms())?.lengths).to.deep.equal([]);
    });

    it('tells of a PIN, of recovery codes and of the language', async () => {
      await giveToken(store, { userId, key: randomBytes(20), pin: 's3cret' });
      await store.run(addRecoveryCode, { userId, code: 'ABCDEFGH23' });
      await change("UPDATE users SET language = 'fr' WHERE id = ?");
      expect(await forms()).to.deep.equal({ lengths: [6], pin: true, recovery: true, language: 'fr' });
    });
  });
