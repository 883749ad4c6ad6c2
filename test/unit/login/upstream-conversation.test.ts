import { expect } from 'chai';
import type { PrimaryRequest, PrimaryResult } from '../../../src/primary/primary.ts';
import { attribute, Code, Type, valuesOfType, type RawPacket } from '../../peer/packet-bytes.ts';
import { IntakeScene, prompts, type IntakeSceneOptions } from '../../support/intake-scene.ts';
import { provenAsAsked } from '../../support/primary-requests.ts';
import { sharedStore } from '../../support/shared-store.ts';

const stateOf = (packet: RawPacket): Buffer => valuesOfType(packet, Type.state)[0] ?? expect.fail('no State');
const textOf = (packet: RawPacket): string => valuesOfType(packet, Type.replyMessage).join('');

for (const waiting of ['memory', 'store'] as const)
  describe(`login: questions of the primary's own, waiting in ${waiting}`, () => {
    const stored = sharedStore();
    let scene: IntakeScene;
    const open = async (own: IntakeSceneOptions = {}): Promise<void> => {
      scene = await IntakeScene.open(stored.scratch, { waiting, ...own });
    };
    afterEach(() => scene.close());

    /** Asks twice, the second time for whatever came first, and then accepts. */
    const asksTwice = ({ conversation }: PrimaryRequest): PrimaryResult => {
      const rounds = (conversation?.rounds ?? 0) + 1;
      if (rounds > 2) return provenAsAsked();
      const relayed = [{ kind: 'plain', ...attribute(18, `question ${rounds}: `) }] as const;
      return {
        kind: 'challenge',
        relayed,
        conversation: { server: 'home', state: Buffer.from(`theirs ${rounds}`), rounds },
      };
    };

    it('each goes out under a State of ours, and its answer goes back to the server that asked, with its own', async () => {
      await open();
      scene.primary.answers(asksTwice);
      const first = await scene.ask({ password: 'one' });
      expect([first.code, textOf(first)]).to.deep.equal([Code.accessChallenge, 'question 1: ']);
      const second = await scene.ask({ password: 'two', state: stateOf(first) });
      expect([second.code, textOf(second)]).to.deep.equal([Code.accessChallenge, 'question 2: ']);
      const code = await scene.ask({ password: 'three', state: stateOf(second) });
      expect([code.code, textOf(code)]).to.deep.equal([Code.accessChallenge, prompts.first]);
      const accepted = await scene.ask({ password: scene.code(), state: stateOf(code) });
      expect(accepted.code).to.equal(Code.accessAccept);
      expect(scene.primary.asked.entries.map(({ conversation }) => conversation?.state?.toString())).to.deep.equal([
        undefined,
        'theirs 1',
        'theirs 2',
      ]);
      expect(await scene.audited(), 'questions of the primary leave no row').to.deep.equal(['accept accepted']);
    });

    it('an answer is taken once: the same again gets the same question, another one is refused', async () => {
      await open();
      scene.primary.answers(asksTwice);
      const state = stateOf(await scene.ask());
      const second = await scene.ask({ password: 'answer', state });
      const again = await scene.ask({ password: 'answer', state });
      expect(stateOf(again)).to.deep.equal(stateOf(second));
      expect((await scene.ask({ password: 'other', state })).code).to.equal(Code.accessReject);
      expect(scene.primary.asked.entries).to.have.length(2);
    });

    it('a question asked in EAP is answered in EAP only, and one that was not is not', async () => {
      await open();
      scene.primary.answers(asksTwice);
      const eap = { password: null, attributes: [attribute(79, Buffer.of(2, 1, 0, 5, 1))] };
      const inEap = stateOf(await scene.ask(eap));
      const inPap = stateOf(await scene.ask());
      expect((await scene.ask({ password: 'right', state: inEap })).code).to.equal(Code.accessReject);
      expect((await scene.ask({ ...eap, state: inPap })).code).to.equal(Code.accessReject);
      expect((await scene.ask({ ...eap, state: inEap })).code, 'neither was spent').to.equal(Code.accessChallenge);
      expect((await scene.ask({ password: 'x', state: inPap })).code).to.equal(Code.accessChallenge);
    });

    it('nor by a user whose name begins as EAP is marked', async () => {
      await open();
      scene.primary.answers(asksTwice);
      const inEap = stateOf(await scene.ask({ password: null, attributes: [attribute(79, Buffer.of(2, 1, 0, 5, 1))] }));
      const stolen = await scene.ask({ user: 'eap alice', password: 'x', state: inEap });
      expect(stolen.code).to.equal(Code.accessReject);
    });

    it('an answer that no server takes is silence, and may be given once more', async () => {
      await open();
      scene.primary.answers(asksTwice);
      const state = stateOf(await scene.ask());
      scene.primary.answers(() => ({ kind: 'unreachable', why: 'gone', asked: true }));
      await scene.expectSilence(scene.request({ password: 'answer', state }));
      scene.primary.answers(asksTwice);
      expect(textOf(await scene.ask({ password: 'answer', state }))).to.equal('question 2: ');
    });

    it('one that nobody answers is told in the log, of nobody: nobody was proven', async () => {
      await open();
      scene.primary.answers(asksTwice);
      await scene.ask();
      scene.clock.pass(300_001);
      // In memory, what has ended goes when room is looked for; in the store, with the next purge.
      await scene.ask();
      await scene.tidy();
      const abandoned = scene.logged({ user: 'alice' }).filter(({ msg }) => String(msg).startsWith('login abandoned'));
      expect(abandoned).to.have.length(1);
    });
  });
