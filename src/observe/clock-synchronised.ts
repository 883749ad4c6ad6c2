import { execFile } from 'node:child_process';

/** How long timedatectl may take, in milliseconds: it may have to start the service that it asks. */
const patience = 5_000;

/**
 * Whether the kernel of this host holds its clock for synchronised, whoever sets it: chrony, systemd-timesyncd, ntpd. Only the program timedatectl can tell, since
 * Node can't ask the kernel (adjtimex(2)); undefined where it can't, as in most containers.
 * @param signal ends the program, if it is still asking
 */
export function clockSynchronised(
  env: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    execFile(
      'timedatectl',
      ['show', '--property=NTPSynchronized', '--value'],
      { timeout: patience, env: { PATH: env['PATH'], LC_ALL: 'C' }, signal },
      (error, stdout) => {
        const said = error ? '' : stdout.trim();
        resolve(said === 'yes' ? true : said === 'no' ? false : undefined);
      },
    );
  });
}
