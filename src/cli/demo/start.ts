import { demoConfig } from '../../config/demo.ts';
import { override } from '../../config/override.ts';
import type { Config } from '../../config/schema.ts';
import { Secret } from '../../config/secret.ts';
import { OperatorError } from '../../errors.ts';
import { demoBanner } from './banner.ts';
import { demoDirectory, demoFile, makeDemo, secretOf } from './data.ts';
import { hostPort } from '../input/host-port.ts';
import { note } from '../terminal/print.ts';
import { seedDemo } from './seed.ts';
import type { ServeOptions } from '../serve-options.ts';
import type { Start } from '../start.ts';

/**
 * What runs without a config file: a demo with a user, a token and a secret that are made up at its first start and shown on a terminal at each.
 * @throws OperatorError 'usage' if it would listen where others reach it, and what makeDemo and seedDemo throw
 */
export async function demoStart({ data, listen, logLevel }: ServeOptions): Promise<Start> {
  const dir = demoDirectory(data);
  const draft = override(demoConfig(dir, new Secret('none yet')), { listen, logLevel });
  refuseStrangers(draft.listen.auth);
  // Only now, since the options could have been wrong.
  const demo = makeDemo(dir);
  const config = override(demoConfig(dir, secretOf(demo)), { listen, logLevel });
  const seeded = await seedDemo(demo, config);
  const file = demoFile(dir);
  const secrets = process.stderr.isTTY;
  const qr = process.stdout.isTTY && secrets;
  const greet = ([listening = '']: readonly string[]): void =>
    note(...demoBanner({ demo, seeded, issuer: config.totp.issuer, listening, data, file, secrets, qr }));
  return { config, warnings: [], greet };
}

/** Its password is in a file and on the screen: only this machine may try it. */
function refuseStrangers(auth: Config['listen']['auth']): void {
  const open = auth.find(({ host }) => !host.startsWith('127.') && host !== '::1');
  if (open)
    throw new OperatorError(
      'usage',
      `without a radius.conf only a demo runs, and that listens on loopback alone, not on ${hostPort(open)}`,
    );
}
