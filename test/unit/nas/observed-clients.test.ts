import { expect } from 'chai';
import { noHabits, type Habits } from '../../../src/nas/habits.ts';
import { showHabits } from '../../../src/nas/kept-habits.ts';
import { asAsked } from '../../../src/primary/primary.ts';
import { aNas } from '../../support/a-nas.ts';
import { FakePeer } from '../../support/fake-peer.ts';
import { IntakeScene } from '../../support/intake-scene.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { attribute, Code, Type, valuesOfType } from '../../peer/packet-bytes.ts';

describe('nas/observed-clients: what the intake sees', () => {
  const stored = sharedStore();
  let scene: IntakeScene;
  afterEach(() => scene.close());

  const open = async (own: Parameters<typeof aNas>[0] = {}): Promise<void> => {
    scene = await IntakeScene.open(stored.scratch, {
      clients: [{ nas: aNas({ messageAuthenticator: 'off', ...own }), addresses: ['192.0.2.0/24'] }],
    });
  };
  const written = async (): Promise<Habits> => {
    await scene.observed.write();
    const [first] = await scene.store.run(showHabits, { after: 0 });
    return first?.habits ?? noHabits();
  };

  it('requests, signed or not, through a proxy or not; questions and answers', async () => {
    await open({ limitProxyState: false });
    const proxied = [attribute(33, 'p')];
    const first = await scene.ask({ attributes: proxied });
    expect(first.code).to.equal(Code.accessChallenge);
    const [state] = valuesOfType(first, Type.state);
    await scene.ask({ password: scene.code(), attributes: [attribute(Type.state, state ?? '')] });
    await scene.ask({ messageAuthenticator: 'none', attributes: proxied });
    expect(await written()).to.include({
      requests: 3,
      signed: 2,
      unsigned: 1,
      proxied: 1,
      challenges: 2,
      answers: 1,
      copies: 0,
      lastAt: scene.clock.wall(),
    });
  });

  it('one that is dropped for want of a Message-Authenticator', async () => {
    await open({ messageAuthenticator: 'require' });
    await scene.expectSilence(scene.request({ messageAuthenticator: 'none' }));
    expect(await written()).to.include({ requests: 0, signed: 0, unsigned: 1 });
  });

  it('copies: how many, how far apart, and which came after the reply', async () => {
    await open();
    const [peer, datagram] = [new FakePeer(), scene.request()];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    scene.primary.answers(async () => {
      await held;
      return { kind: 'ok', granted: [], person: asAsked };
    });
    scene.intake.onDatagram(datagram, peer);
    for (const milliseconds of [2_000, 3_000, 4_000]) {
      scene.clock.pass(milliseconds);
      scene.intake.onDatagram(datagram, peer);
    }
    scene.clock.pass(500);
    release();
    await peer.next();
    scene.clock.pass(700);
    scene.intake.onDatagram(datagram, peer);
    await peer.next();
    await scene.intake.idle();
    expect(await written()).to.include({
      requests: 1,
      copies: 4,
      lateCopies: 1,
      mostCopies: 4,
      gaps: 2_000 + 3_000 + 4_000 + 1_200,
      longestGap: 4_000,
      longestWait: 9_000,
      longestOpen: 9_500,
    });
  });

  it('what the store does not take is kept for the next time', async () => {
    await open();
    await scene.ask();
    scene.store.fail('note-habits');
    await scene.observed.write();
    scene.store.mend();
    await scene.ask();
    expect(await written()).to.include({ requests: 2, signed: 2, challenges: 2 });
  });

  it('nothing is written of whom nothing was seen', async () => {
    await open();
    await scene.observed.write();
    expect(await scene.store.run(showHabits, { after: 0 })).to.deep.equal([]);
  });
});
