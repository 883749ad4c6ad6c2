import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closed, startChild } from './child.ts';
import { within } from './deadline.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';

/** What to type at a prompt, or how to find it out from the prompt's text. */
export type Answer = string | ((prompt: string) => string | Promise<string>);

export interface PamtesterOptions {
  /** HOST:PORT of the RADIUS server, IPv6 in brackets. */
  readonly server: string;
  readonly secret: string;
  readonly user: string;
  /** One for each prompt. After the last its input ends, which PAM takes for a conversation that failed. */
  readonly answers: readonly Answer[];
  /** Seconds that pam_radius waits for an answer before it sends again; it takes 3 to 60. Default 3. */
  readonly timeout?: number;
  /** Further options of pam_radius_auth.so, for example retry=1. */
  readonly moduleOptions?: readonly string[];
}

export interface PamtesterResult {
  /** 0 when PAM authenticated the user. */
  readonly code: number | null;
  /** Every prompt that was shown, exactly. */
  readonly prompts: readonly string[];
  /** What pamtester said at the end, for example "pamtester: Authentication failure". */
  readonly message: string;
}

const service = 'radgate-test';

/**
 * Authenticates a user with pam_radius_auth through pamtester, as sshd or su would. /etc/pam.d is covered by a directory of our own
 * in a mount namespace that ends with the process, so the system's PAM is not touched; that needs root.
 */
export async function pamtester(options: PamtesterOptions): Promise<PamtesterResult> {
  const { server, secret, user, answers, timeout = 3, moduleOptions = [] } = options;
  const dir = await makeTempDir('pam');
  try {
    const services = join(dir, 'pam.d');
    const servers = join(dir, 'servers');
    await mkdir(services);
    const module = ['pam_radius_auth.so', `conf=${servers}`, 'client_id=pamtester', ...moduleOptions].join(' ');
    await writeFile(join(services, service), `auth required ${module}\n`);
    await writeFile(servers, `${server} ${secret} ${timeout}\n`, { mode: 0o600 });
    const script = 'mount --bind "$1" /etc/pam.d && shift && exec pamtester "$@"';
    const child = startChild('unshare', ['-m', 'sh', '-c', script, 'sh', services, service, user, 'authenticate']);

    const left = [...answers];
    const prompts: string[] = [];
    let said = '';
    let message = '';
    child.stdout.on('data', (chunk: Buffer) => (message += chunk.toString()));
    // Without a terminal, libpam_misc reads one line of its input for each prompt, which it writes to stderr without a line end.
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.endsWith('\n')) return;
      const prompt = said;
      said = '';
      prompts.push(prompt);
      const answer = left.shift();
      if (answer === undefined) child.stdin.end();
      else
        void Promise.resolve(typeof answer === 'string' ? answer : answer(prompt)).then((typed) =>
          child.stdin.write(`${typed}\n`),
        );
    });
    try {
      const { code } = await within(18_000, 'pamtester to end', closed(child));
      return { code, prompts, message: (message + said).trim() };
    } finally {
      child.kill('SIGKILL');
    }
  } finally {
    await removeTempDir(dir);
  }
}
