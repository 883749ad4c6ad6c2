import { expect } from 'chai';
import { noHabits, type Habits } from '../../../src/nas/habits.ts';
import { dayOf, noteHabits } from '../../../src/nas/kept-habits.ts';
import { localConfig, Workplace } from './command.ts';

const at = Date.UTC(2024, 0, 1, 12);
const seen: Habits = {
  ...noHabits(),
  requests: 1_204,
  signed: 1_204,
  challenges: 800,
  copies: 31,
  lateCopies: 2,
  gaps: 31 * 2_900,
  mostCopies: 3,
  longestGap: 4_000,
  longestWait: 9_000,
  longestOpen: 13_500,
  lastAt: at,
};

describe('radgate client', () => {
  const work = new Workplace();
  before(async () => {
    work.write(
      'radius.conf',
      `${localConfig}\n[[client]]\nname = "a device with a very long name, of which tables show the first"\naddress = "192.0.2.7"\nsecret = "0123456789abcdef"\nprofile = "pfsense"\n`,
    );
    await work.does(['user', 'add', 'alice']);
    await work.inStore(async (store) => {
      const notes = [
        [0, 'here', seen],
        [0, 'of another config', seen],
        [10, 'here', { ...noHabits(), requests: 1, unsigned: 1, lastAt: 7 }],
      ] as const;
      for (const [ago, client, habits] of notes)
        await store.run(noteHabits, { day: dayOf(Date.now()) - ago, seen: [{ client, habits }] });
    });
  });
  after(() => work.remove());
  const widest = (text: string): number => Math.max(...text.split('\n').map((line) => line.length));

  it('list has the clients of the config in 80 columns', async () => {
    const told = await work.does(['client', 'list', '--days', '1']);
    expect(widest(told)).to.be.at.most(80);
    const [header, here, other, , hint] = told.split('\n');
    expect(header).to.match(/^CLIENT +LAST +REQUESTS +SIGNED +ANSWERED +COPIES +PROPOSALS$/);
    expect(here).to.match(/^here +2024-01-01 \d\d:00 +1204 +100% +0% +31 +3$/);
    expect(other).to.match(/^a device with .*… +never +0 +- +- +0 +0$/);
    expect(hint).to.equal('What is proposed, and why: radgate client show NAME');
  });

  it('show tells what was seen and what is proposed, in 80 columns', async () => {
    const told = await work.does(['client', 'show', 'here', '--days', '1']);
    expect(widest(told)).to.be.at.most(80);
    for (const line of [
      'client      here, 127.0.0.1; profile generic, deadline 10.0 s',
      'signed      1204 of 1204 that need no Message-Authenticator had one',
      'proxied     no Proxy-State',
      'prompts     800 shown, 0 answers came',
      'waits       13.0 s at least',
      'proposes    message_authenticator = "require"',
      '            challenge = false',
      '            append = "code-last"',
    ])
      expect(told.split('\n')).to.include(line.replace('13.0 s', '9.0 s'));
    const older = await work.does(['client', 'show', 'here']);
    expect(older).to.contain('1205 requests in 30 days').and.not.contain('message_authenticator = ');
    const none = await work.does(['client', 'show', 'a device with a very long name, of which tables show the first']);
    expect(none).to.contain('no request in 30 days').and.contain('proposes    nothing');
  });

  it('the same for programs', async () => {
    const told = await work.json(['client', 'show', 'here', '--days', '1']);
    expect(told).to.deep.include({
      days: 1,
      name: 'here',
      address: ['127.0.0.1'],
      profile: 'generic',
      requests: 1_204,
      last: '2024-01-01T12:00:00.000Z',
      unsigned: 0,
      answers: 0,
      mean_gap_ms: 2_900,
      longest_wait_ms: 9_000,
      gives_up_ms: null,
    });
    expect(told).to.have.property('proposals').with.length(3);
    const { clients } = (await work.json(['client', 'list'])) as { clients: { name: string }[] };
    expect(clients.map(({ name }) => name.slice(0, 8))).to.deep.equal(['here', 'a device']);
  });

  it('a client that is none, and a number of days that is none', async () => {
    const [unknown, days] = await Promise.all([
      work.radgate(['client', 'show', 'vpn']),
      work.radgate(['client', 'list', '--days', '31']),
    ]);
    expect([unknown.code, days.code]).to.deep.equal([64, 64]);
    expect(unknown.stderr).to.contain('there is no [[client]] "vpn" in the config');
  });
});
