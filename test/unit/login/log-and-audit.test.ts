import { expect } from 'chai';
import { IntakeScene } from '../../support/intake-scene.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { attribute, Type, valuesOfType, type RawPacket } from '../../peer/packet-bytes.ts';
import { wrongPassword } from '../../support/primary-requests.ts';

const stateOf = (packet: RawPacket): Buffer => valuesOfType(packet, Type.state)[0] ?? Buffer.alloc(0);

describe('login: what the log and the audit tell', () => {
  const stored = sharedStore();
  let scene: IntakeScene;
  beforeEach(async () => (scene = await IntakeScene.open(stored.scratch, { waiting: 'store' })));
  afterEach(() => scene.close());
  const attributes = [attribute(31, '198.51.100.7')];

  it('an accepted login is one line of level info, and every line and row about it bears its id', async () => {
    const state = stateOf(await scene.ask({ attributes }));
    const second = stateOf(await scene.ask({ attributes, state, password: scene.wrongCode() }));
    await scene.ask({ attributes, state: second, password: scene.code() });
    const lines = scene.lines.filter((line) => 'verdict' in line);
    expect(lines.map(({ level, reason }) => [level, reason])).to.deep.equal([
      [20, 'code-asked'],
      [30, 'code-wrong'],
      [30, 'accepted'],
    ]);
    expect(lines.at(-1)).to.deep.include({
      verdict: 'accept',
      user: 'alice',
      client: 'vpn',
      address: '192.0.2.10',
      device: '198.51.100.7',
      primary: 'local',
      msg: 'login accepted: password and code were right',
    });
    const ids = new Set(lines.map(({ login }) => login));
    expect([...ids]).to.have.length(1);
    const rows = await scene.scratch.query('SELECT * FROM audit ORDER BY id');
    expect(rows.map((row) => row['login_id'])).to.deep.equal([...ids, ...ids]);
    expect(rows[1]).to.deep.include({
      at: scene.clock.wall(),
      user_id: 'u1',
      user_name: 'alice',
      client: 'vpn',
      client_address: '192.0.2.10',
      calling_station_id: '198.51.100.7',
      primary_name: 'local',
      method: 'totp',
      result: 'accept',
      reason: 'accepted',
      latency_ms: 0,
    });
  });

  it('two logins have two ids', async () => {
    await scene.ask({ password: 'wrong' });
    await scene.ask({ password: 'wrong' });
    const ids = scene.logged({ verdict: 'reject' }).map(({ login }) => login);
    expect(new Set(ids).size).to.equal(2);
    for (const id of ids) expect(id).to.match(/^[0-9a-f]{16}$/);
  });

  it('a refused login says why to the administrator, and to the audit', async () => {
    await scene.ask({ password: 'wrong', user: 'bob', attributes });
    expect(scene.logged({ verdict: 'reject' })[0]).to.deep.include({
      level: 30,
      reason: 'password-wrong',
      user: 'bob',
      msg: 'login rejected: unknown user or wrong password',
    });
    const row = await scene.scratch.row('SELECT * FROM audit');
    expect(row).to.deep.include({
      user_id: null,
      user_name: 'bob',
      method: null,
      result: 'reject',
      reason: 'password-wrong',
    });
  });

  it('a lock is a warning: somebody has guessed', async () => {
    await scene.scratch.execute("INSERT INTO lockouts (user_id, factor, failures) VALUES ('u1', 'code', 100)");
    await scene.ask();
    expect(scene.logged({ reason: 'locked' })[0]).to.deep.include({ level: 40, verdict: 'reject' });
  });

  it('a store that fails is one line that says why; where in the program is for debugging', async () => {
    scene.store.fail('identify');
    await scene.expectSilence(scene.request());
    const [line] = scene.logged({ msg: 'the store could not commit' });
    expect(line).to.deep.include({ level: 50, why: 'identify fails on purpose' });
    expect(line).not.to.have.property('err');
    expect(scene.logged({ msg: 'where the store could not commit' })[0]).to.deep.include({ level: 20 });
  });

  it('the latency is from the arrival of the request', async () => {
    scene.primary.answers(() => {
      scene.clock.pass(1_234);
      return wrongPassword;
    });
    await scene.ask();
    expect(scene.logged({ verdict: 'reject' })[0]).to.include({ ms: 1_234 });
    expect((await scene.scratch.row('SELECT latency_ms FROM audit'))['latency_ms']).to.equal(1_234);
  });

  it('names from the network are made printable', async () => {
    const hostile = 'a\n\x1b[2J\u202e';
    await scene.ask({ user: hostile, password: 'wrong', attributes: [attribute(31, Buffer.of(0, 0xff))] });
    const row = await scene.scratch.row('SELECT user_name, calling_station_id FROM audit');
    expect(row).to.deep.equal({ user_name: 'a\\x0a\\x1b[2J\\u{202e}', calling_station_id: '\\x00\\xff' });
    expect(scene.logged({ verdict: 'reject' })[0]).to.include({
      user: 'a\\x0a\\x1b[2J\\u{202e}',
      device: '\\x00\\xff',
    });
  });

  it("so is what a primary's server says of a refusal", async () => {
    const why = 'server says\n\x1b[2Jlogin accepted';
    scene.primary.answers(() => ({ kind: 'unreachable', why, asked: true }));
    await scene.expectSilence(scene.request());
    expect(scene.logged({ reason: 'upstream-unreachable' })[0]?.['msg']).to.contain(
      'server says\\x0a\\x1b[2Jlogin accepted',
    );
  });

  it('a challenge that nobody answered is told once it is over', async () => {
    await scene.ask({ attributes });
    scene.clock.pass(300_000);
    await scene.tidy();
    await scene.store.done.waitFor((name) => name === 'record', 'the audit row');
    expect(await scene.audited()).to.deep.equal(['silence challenge-unanswered']);
    const row = await scene.scratch.row('SELECT * FROM audit');
    expect(row).to.deep.include({
      user_id: 'u1',
      user_name: 'alice',
      client: 'vpn',
      calling_station_id: '198.51.100.7',
    });
    const asked = scene.logged({ reason: 'code-asked' })[0];
    const abandoned = scene.lines.find(({ msg }) => /abandoned/.test(String(msg)));
    expect(abandoned).to.include({ login: asked?.['login'], user: 'alice' });
    expect(row['login_id']).to.equal(asked?.['login']);
  });

  it('the same answer by another way is told to the log, and not to the audit again', async () => {
    const state = stateOf(await scene.ask());
    await scene.ask({ state, password: scene.code() });
    await scene.ask({ state, password: scene.code() });
    expect(await scene.audited()).to.deep.equal(['accept accepted']);
  });
});
