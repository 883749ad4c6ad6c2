import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { OperatorError } from '../../src/errors.ts';
import { useAppPassword } from '../../src/login/use-app-password.ts';
import { base32 } from '../../src/base32.ts';
import { appPasswordRandom, formatAppPassword } from '../../src/policy/app-password.ts';
import { foldUserName, type FoldedName } from '../../src/policy/user-name.ts';
import { randomOctets } from '../../src/random.ts';
import { addAppPassword, listAppPasswords, revokeAppPasswords } from '../../src/store/app-passwords.ts';
import { identify } from '../../src/store/identify.ts';
import { resetUser } from '../../src/store/reset-user.ts';
import { switchUser } from '../../src/store/switch-user.ts';
import { unlockUser } from '../../src/store/unlock-user.ts';
import { removeUser } from '../../src/store/users.ts';
import { attempt } from '../../src/login/attempt.ts';
import { attemptInput } from '../support/attempt-input.ts';
import { lockoutRules } from '../support/login-rules.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { addUser } from '../support/scratch-store.ts';
import { drivers } from '../support/store-drivers.ts';
import { query } from '../support/test-transactions.ts';

const now = Date.UTC(2024, 0, 1, 12);
const lockout = { ...lockoutRules, failures: 3, pause: 60_000 };
const change = { id: 'c', command: 'user app-password add', at: now };
const newPassword = (): string => formatAppPassword(base32(randomOctets(appPasswordRandom)));

for (const driver of drivers)
  driver.suite(`contract: application passwords on ${driver.name}`, function () {
    this.timeout(30_000);
    const { nodes } = nodesOn(driver);
    let user: FoldedName;
    let userId: string;

    beforeEach(async () => {
      const userName = randomUUID();
      user = foldUserName(userName) ?? expect.fail('no name');
      userId = await addUser(nodes[0], { names: [userName] });
    });

    const give = async (own: string, client = 'vpn', whose = user): Promise<string> => {
      const password = newPassword();
      await nodes[0].run(addAppPassword, { id: randomUUID(), user: whose, name: own, client, password, change });
      return password;
    };
    const use = async (password: string, client = 'vpn', at = now, i = 1, whose = user): Promise<string> => {
      const { audit } = attemptInput(userId, '', at);
      const input = { name: whose, realms: undefined, password: Buffer.from(password), lockout, now: at };
      const output = await (i % 2 === 0 ? nodes[0] : nodes[1]).run(useAppPassword, {
        ...input,
        audit: { ...audit, loginId: 'l', client },
      });
      return output.name === null ? output.outcome : `${output.outcome}: ${output.name}`;
    };
    const refusal = async (doing: Promise<unknown>): Promise<string> => {
      try {
        await doing;
      } catch (error) {
        if (error instanceof OperatorError) return error.message;
        throw error;
      }
      return expect.fail('it was done');
    };

    it('lets its user in at its client, as often as need be, on every node, and keeps when', async () => {
      const [mail, calendar] = [await give('mail'), await give('calendar', 'calendars')];
      expect(mail).to.match(/^[A-Z2-7]{6}(-[A-Z2-7]{6}){3}$/);
      for (const i of [0, 1]) expect(await use(mail, 'vpn', now + i, i)).to.equal('app-password-right: mail');
      expect(await use(mail, 'calendars'), 'at another client').to.equal('app-password-wrong');
      expect(await use(calendar, 'calendars')).to.equal('app-password-right: calendar');
      const { passwords } = await nodes[1].run(listAppPasswords, user);
      expect(passwords).to.deep.equal([
        { name: 'calendar', client: 'calendars', created: now, lastUsed: now },
        { name: 'mail', client: 'vpn', created: now, lastUsed: now + 1 },
      ]);
      const rows = await nodes[0].run(query, {
        sql: `SELECT method, token, reason FROM audit WHERE user_id = '${userId}' AND result <> 'change' ORDER BY id`,
      });
      expect(rows.map(({ method, token, reason }) => [method, token, reason])).to.deep.equal([
        ['app-password', 'mail', 'app-password-right'],
        ['app-password', 'mail', 'app-password-right'],
        [null, null, 'app-password-wrong'],
        ['app-password', 'calendar', 'app-password-right'],
      ]);
    });

    it('is nobody else\u2019s, and a name that is nobody\u2019s has none', async () => {
      const mail = await give('mail');
      const other = randomUUID();
      await addUser(nodes[0], { names: [other] });
      for (const typed of [other, 'nobody at all'])
        expect(await use(mail, 'vpn', now, 0, foldUserName(typed))).to.equal('app-password-wrong');
    });

    it('is not kept itself', async () => {
      const mail = await give('mail');
      for (const table of ['app_passwords', 'audit', 'lockouts']) {
        const kept = JSON.stringify(await nodes[0].run(query, { sql: `SELECT * FROM ${table}` }));
        for (const spelling of [mail, mail.replaceAll('-', '')]) expect(kept).not.to.contain(spelling);
      }
    });

    it('one is revoked, or all, and is good no longer', async () => {
      const [mail, calendar] = [await give('mail'), await give('calendar')];
      expect((await nodes[0].run(revokeAppPasswords, { user, name: 'mail', change })).revoked).to.equal(1);
      expect(await use(mail)).to.equal('app-password-wrong');
      expect(await use(calendar)).to.equal('app-password-right: calendar');
      await give('mail');
      expect((await nodes[0].run(revokeAppPasswords, { user, name: null, change })).revoked).to.equal(2);
      expect(await use(calendar)).to.equal('app-password-wrong');
      for (const gone of ['mail', null])
        expect(await refusal(nodes[0].run(revokeAppPasswords, { user, name: gone, change }))).to.match(
          /has no application password/,
        );
    });

    it('a reset and a removal of the user take them all', async () => {
      const mail = await give('mail');
      expect((await nodes[0].run(resetUser, { user, change })).appPasswords).to.equal(1);
      expect(await use(mail)).to.equal('app-password-wrong');
      const again = await give('mail');
      await nodes[0].run(removeUser, { id: userId, name: user.folded, change });
      expect(await use(again)).to.equal('app-password-wrong');
      const left = await nodes[0].run(query, { sql: `SELECT 1 FROM app_passwords WHERE user_id = '${userId}'` });
      expect(left).to.deep.equal([]);
    });

    it('of a user who is disabled or locked none is good', async () => {
      const mail = await give('mail');
      await nodes[0].run(switchUser, { user, disabled: true, change });
      expect(await use(mail)).to.equal('disabled');
      expect(await use(newPassword()), 'a wrong one is told nothing').to.equal('app-password-wrong');
      expect(await refusal(give('other'))).to.match(/is disabled/);
      await nodes[0].run(switchUser, { user, disabled: false, change });
      for (let i = 0; i < 3; i++)
        await nodes[0].run(attempt, { ...attemptInput(userId, `00000${i}`, now), methods: ['sms'], lockout });
      expect(await use(mail)).to.equal('locked');
      await nodes[0].run(unlockUser, { user, change });
      expect(await use(mail)).to.equal('app-password-right: mail');
    });

    it('guesses pause what is wrong, whatever the clock does, and lock nobody out of the codes', async () => {
      for (let i = 0; i < 3; i++) expect(await use(newPassword())).to.equal('app-password-wrong');
      expect(await use(newPassword())).to.equal('app-password-paused');
      const identity = await nodes[0].run(identify, { proven: [], asked: user, realms: undefined, lockout, now });
      expect(identity.kind === 'known' && identity.lock).to.equal('open');
      expect(await use(newPassword(), 'vpn', now + 60_000), 'once the pause is over').to.equal('app-password-wrong');
      expect(await use(newPassword(), 'vpn', now + 60_000), 'and counted on').to.equal('app-password-paused');
      expect(await use(newPassword(), 'vpn', now - 86_400_000), 'a day before').to.equal('app-password-wrong');
    });

    it('who sends wrong ones, as many as there may be, keeps no right one out', async () => {
      const [mail, calendar] = [await give('mail'), await give('calendar', 'calendars')];
      for (let i = 0; i < 3; i++) expect(await use(newPassword(), 'vpn', now, i)).to.equal('app-password-wrong');
      for (let i = 0; i < 3; i++) {
        expect(await use(newPassword(), 'vpn', now + i, i)).to.equal('app-password-paused');
        expect(await use(calendar, 'calendars', now + i, i)).to.equal('app-password-right: calendar');
        for (let j = 0; j < 3; j++) await use(newPassword(), 'vpn', now + i, j);
        expect(await use(mail, 'vpn', now + i, i)).to.equal('app-password-right: mail');
        for (let j = 0; j < 3; j++) await use(newPassword(), 'vpn', now + i, j);
      }
    });

    it('in a pause too none is good of who is disabled or locked', async () => {
      const mail = await give('mail');
      for (let i = 0; i < 3; i++) await use(newPassword());
      await nodes[0].run(switchUser, { user, disabled: true, change });
      expect(await use(mail)).to.equal('disabled');
      expect(await use(newPassword())).to.equal('app-password-paused');
    });

    it('of 16 wrong ones at once no more than the limit are counted', async () => {
      const outcomes = await Promise.all(Array.from({ length: 16 }, (_, i) => use(newPassword(), 'vpn', now, i)));
      expect(outcomes.filter((one) => one === 'app-password-wrong')).to.have.length(3);
    });

    it('a device that goes on with one that was revoked pauses nobody', async () => {
      const [old, mail] = [await give('old'), await give('mail')];
      await nodes[0].run(revokeAppPasswords, { user, name: 'old', change });
      for (let i = 0; i < 10; i++) expect(await use(old, 'vpn', now + i * 60_000)).to.equal('app-password-wrong');
      expect(await use(mail, 'vpn', now + 600_000)).to.equal('app-password-right: mail');
    });

    it('each has its own name, and there are so many at most', async () => {
      for (let i = 0; i < 20; i++) {
        await give(`program ${i}`);
        if (i === 0) expect(await refusal(give('program 0'))).to.match(/"program 0" already$/);
      }
      expect(await refusal(give('one more'))).to.match(/the most there can be$/);
    });
  });
