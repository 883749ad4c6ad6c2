import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { systemClock } from '../../clock.ts';
import { demoConfig } from '../../config/demo.ts';
import { OperatorError } from '../../errors.ts';
import { hotp } from '../../factor/oath.ts';
import { showToken } from '../../store/tokens.ts';
import { fromBase32 } from '../../base32.ts';
import type { CommonOptions } from '../common-options.ts';
import { demoDirectory, readDemo, secretOf, type Demo } from './data.ts';
import { nextCode } from './next-code.ts';
import { note, print } from '../terminal/print.ts';
import { withStoreOf } from '../with-store.ts';

/** `radgate demo code` */
export function demoCodeCommand(): Command {
  return new Command('code')
    .description("show the code that the demo user's phone would show now")
    .action(async (_options: unknown, command: Command) => demoCode(command.optsWithGlobals()));
}

async function demoCode({ config: given, data }: CommonOptions): Promise<void> {
  if (given !== undefined)
    throw new OperatorError('usage', 'the demo has no config file: "demo code" shows no other codes than the demo\'s');
  const dir = demoDirectory(data);
  const demo = readDemo(dir);
  if (!demo) throw new OperatorError('demo-missing', `there is no demo in ${dir}`);
  const config = demoConfig(dir, secretOf(demo));
  // The token that the demo made: nobody else's code is shown.
  const token = await withStoreOf(config, (store) => store.run(showToken, demo.token.id));
  if (!token) throw new OperatorError('demo-missing', `the token that the demo made for ${demo.user.name} was removed`);

  const { period, lastStep, drift } = token;
  const next = nextCode({ now: systemClock.wall(), period, lastStep, drift, window: config.totp.window });
  if (next.wait > 0) {
    note(`The codes of now were used already. The next one is good in ${seconds(next.wait)} s:`);
    await pause(next.wait);
  } else if (next.early) note('The code of this half minute was used already. This is the next one, good already:');
  print(hotp({ key: keyOf(demo), algorithm: 'sha1', digits: token.digits }, next.step));
  note(`${demo.user.name}'s code, good for ${seconds(next.good)} s and for one login.`);
}

function keyOf({ token }: Demo): Buffer {
  const key = fromBase32(token.key);
  if (!key) throw new OperatorError('demo-broken', 'the key in demo.json is not base32');
  return key;
}

function seconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000);
}
