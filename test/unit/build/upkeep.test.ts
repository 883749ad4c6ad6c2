import { chmodSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { DailyUpkeep } from '../../../src/build/daily-upkeep.ts';
import { upkeepWarnings, type UpkeepFacts } from '../../../src/build/upkeep.ts';
import { clockSynchronised } from '../../../src/observe/clock-synchronised.ts';
import { memoryLogger } from '../../support/memory-logger.ts';
import { primary, Scratch } from '../config/scratch.ts';

const day = 86_400_000;
const now = Date.UTC(2026, 5, 1);
const well: UpkeepFacts = { node: 'v99.0.0', now, isSynchronised: true, apart: 0 };

describe('upkeep', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());
  const configOf = (more = ''): ReturnType<Scratch['load']>['config'] =>
    scratch.load(`${more}\n[[client]]\nname = "vpn"\naddress = "192.0.2.10"\nsecret_file = "vpn.secret"\n${primary}`)
      .config;
  /** Makes the secret's file so many days old. */
  const age = (days: number): void => {
    const file = scratch.write('vpn.secret', '0123456789abcdef\n');
    utimesSync(file, (now - days * day) / 1000, (now - days * day) / 1000);
  };
  beforeEach(() => age(1));

  it('tells nothing while all is well, nor of what nobody knows', () => {
    expect(upkeepWarnings(configOf(), well)).to.deep.equal([]);
    expect(upkeepWarnings(configOf(), { ...well, isSynchronised: undefined })).to.deep.equal([]);
  });

  it('tells of rules whose day is past, by the clock of their place', () => {
    const config = configOf(
      `[[policy]]\nname = "old"\ndecision = "deny"\nuntil = "2026-06-01"\n[[policy]]\nname = "there"\ndecision = "deny"\nuntil = "2026-06-01"\ntime_zone = "America/New_York"\n[[policy]]\nname = "roll-out"\ndecision = "require"\nunenrolled = "allow"\nunenrolled_until = "2026-05-31"\n[[policy]]\nname = "later"\ndecision = "require"\nuntil = "2026-06-02"\nunenrolled_until = "2026-01-01"`,
    );
    expect(upkeepWarnings(config, well)).to.deep.equal([
      { kind: 'rule', message: '[[policy]] "old" holds no longer: its "until" was 2026-06-01' },
      {
        kind: 'rule',
        message:
          '[[policy]] "roll-out" lets in nobody without a second factor any more: its "unenrolled_until" was 2026-05-31',
      },
    ]);
  });

  it('tells of a secret that is older than [log] secret_age, and of none that has no file', () => {
    age(730);
    expect(upkeepWarnings(configOf(), well)).to.deep.equal([]);
    age(731);
    expect(upkeepWarnings(configOf(), well)).to.deep.equal([
      {
        kind: 'secret',
        message:
          '"secret_file" in [[client]] "vpn" was last changed 731 days ago: make a new secret ([log] secret_age)',
      },
    ]);
    expect(upkeepWarnings(configOf('[log]\nsecret_age = "800d"'), well)).to.deep.equal([]);
    const inline = scratch.load(
      `[[client]]\nname = "vpn"\naddress = "192.0.2.10"\nsecret = "0123456789abcdef"\n${primary}`,
    ).config;
    expect(upkeepWarnings(inline, { ...well, now: now + 10_000 * day })).to.deep.equal([]);
  });

  it('tells of a clock that is not synchronised, or far from that of the database', () => {
    const [told, ...more] = upkeepWarnings(configOf(), { ...well, isSynchronised: false });
    expect([told?.kind, more]).to.deep.equal(['clock', []]);
    expect(told?.message).to.include('is not synchronised');
    expect(upkeepWarnings(configOf(), { ...well, apart: 3_000 })).to.deep.equal([]);
    expect(upkeepWarnings(configOf(), { ...well, apart: 7_200 }).map(({ message }) => message)).to.deep.equal([
      'the clocks of this host and of the PostgreSQL server are 7 s apart: one of them is wrong',
    ]);
  });

  it('tells of a Node without security fixes', () => {
    expect(upkeepWarnings(configOf(), { ...well, node: 'v20.19.0' }).map(({ kind }) => kind)).to.deep.equal(['node']);
  });

  for (const [said, code, known] of [
    ['yes', 0, true],
    ['no', 0, false],
    ['', 0, undefined],
    ['no', 1, undefined],
  ] as const)
    it(`a timedatectl that says "${said}" and ends with ${code} is ${String(known)}`, async () => {
      const program = join(scratch.dir, 'timedatectl');
      writeFileSync(program, `#!/bin/sh\necho ${said}\nexit ${code}\n`);
      chmodSync(program, 0o755);
      expect(await clockSynchronised({ PATH: `${scratch.dir}:/bin` })).to.equal(known);
    });

  it('knows nothing where there is no timedatectl', async () => {
    expect(await clockSynchronised({ PATH: '/nowhere' })).to.equal(undefined);
  });

  it('keeps no end waiting for a timedatectl that hangs', async () => {
    const program = join(scratch.dir, 'timedatectl');
    writeFileSync(program, '#!/bin/sh\nexec sleep 60\n');
    chmodSync(program, 0o755);
    const end = new AbortController();
    const asked = clockSynchronised({ PATH: `${scratch.dir}:/bin` }, end.signal);
    end.abort();
    expect(await asked).to.equal(undefined);
  });

  it('is looked at anew, by the config of then; a database that is away is no trouble of it', async () => {
    const { logger, lines } = memoryLogger();
    let config = configOf();
    const upkeep = new DailyUpkeep({
      config: () => config,
      wall: () => now,
      sharedNow: () => Promise.reject(new Error('connection refused')),
      logger,
      every: day,
    });
    const secrets = (): number => upkeep.warnings.filter(({ kind }) => kind === 'secret').length;
    await upkeep.look();
    expect(secrets()).to.equal(0);
    age(4_000);
    config = configOf();
    await upkeep.look();
    expect(secrets()).to.equal(1);
    expect(lines.filter((line) => line['upkeep'] === 'secret')).to.have.length(1);
    upkeep.close();
  });

  it('tells how far the clock of the database is off, at least', async () => {
    const { logger } = memoryLogger();
    const upkeep = new DailyUpkeep({
      config: configOf,
      wall: () => now,
      sharedNow: async () => now - 60_000,
      logger,
      every: day,
    });
    await upkeep.look();
    expect(upkeep.warnings.map(({ message }) => message).join('\n')).to.include('60 s apart');
    upkeep.close();
  });
});
