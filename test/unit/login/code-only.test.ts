import { expect } from 'chai';
import { aPolicy, withConditions } from '../../support/a-policy.ts';
import { IntakeScene } from '../../support/intake-scene.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { Code, Type, valuesOfType, type RawPacket } from '../../peer/packet-bytes.ts';

const refusalOf = (packet: RawPacket): unknown => [
  packet.code,
  valuesOfType(packet, Type.replyMessage).map(String).join(''),
];

describe('login: decision = "code-only"', () => {
  const shared = sharedStore();
  let scene: IntakeScene;
  beforeEach(async () => {
    scene = await IntakeScene.open(shared.scratch, {
      lockoutFailures: 3,
      policies: [{ ...withConditions(aPolicy('code-only'), { client: ['vpn'] }), name: 'second step' }],
    });
  });
  afterEach(() => scene.close());
  const failed = [Code.accessReject, 'Login failed.'];

  it('lets in on the code alone, once each, and the audit says that no primary was asked', async () => {
    const code = scene.code();
    expect((await scene.ask({ password: code })).code).to.equal(Code.accessAccept);
    expect(refusalOf(await scene.ask({ password: code }))).to.deep.equal(failed);
    expect(scene.primary.asked.entries).to.have.length(0);
    expect(
      await shared.scratch.query('SELECT result, reason, method, primary_name, rule FROM audit ORDER BY id'),
    ).to.deep.equal([
      { result: 'accept', reason: 'code-only-right', method: 'totp', primary_name: 'none', rule: 'second step' },
      { result: 'reject', reason: 'code-only-wrong', method: null, primary_name: 'none', rule: 'second step' },
    ]);
  });

  it('counts attempts and locks; all refusals are alike, of users and of nobody', async () => {
    for (const user of ['nobody', 'álice'])
      expect(refusalOf(await scene.ask({ user, password: '123456' }))).to.deep.equal(failed);
    for (const wrong of ['000000', '111111', '222222', '333333', '444444', '555555', '666666']
      .filter((code) => ![-1, 0, 1].some((step) => scene.code(step) === code))
      .slice(0, 3))
      expect(refusalOf(await scene.ask({ password: wrong }))).to.deep.equal(failed);
    expect(refusalOf(await scene.ask({ password: scene.code() }))).to.deep.equal(failed);
    expect(await scene.audited()).to.deep.equal([
      'reject code-only-wrong',
      'reject code-only-wrong',
      'reject code-only-wrong',
      'reject code-only-wrong',
      'reject code-only-locked',
      'reject code-only-locked',
    ]);
    expect(scene.primary.asked.entries).to.have.length(0);
  });
});
