import { parseAttribute, quote, valuesOf } from './attributes.ts';
import type { AttributePair, NamedAttribute } from './attributes.ts';
import { run } from './child.ts';

export interface RadclientOptions {
  /** HOST:PORT, IPv6 in brackets. */
  readonly server: string;
  readonly secret: string;
  /** In the order of the packet. radclient encrypts User-Password and computes a ['Message-Authenticator', '0x00']. */
  readonly attributes: readonly AttributePair[];
  readonly command?: 'auth' | 'status' | 'acct';
  /** How often it sends the packet. Default 1. */
  readonly tries?: number;
  /** Seconds that it waits after each. Default 5. */
  readonly timeout?: number;
}

export interface RadclientReply {
  /** By name, for example Access-Accept. */
  readonly code: string;
  readonly identifier: number;
  /** In the order of the packet. */
  readonly attributes: readonly NamedAttribute[];
  /** The value of State, as "0x...". */
  readonly state: string | undefined;
}

export interface RadclientResult {
  /** Undefined when none came that passed radclient's own verification. */
  readonly reply: RadclientReply | undefined;
  /** How often the request was sent. */
  readonly sent: number;
  /** All it printed. */
  readonly output: string;
}

function input([name, value]: AttributePair): string {
  return `${name} = ${typeof value === 'string' && /^0x[0-9a-f]*$/i.test(value) ? value : quote(value)}\n`;
}

/**
 * Sends one request with FreeRADIUS's radclient and reads its answer. The identifier is radclient's choice (3.2.1 knows no -i). It ends 0 on Access-Accept only, so the code is not used.
 */
export async function radclient(options: RadclientOptions): Promise<RadclientResult> {
  const { server, secret, attributes, command = 'auth', tries = 1, timeout = 5 } = options;
  const args = ['-x', '-r', String(tries), '-t', String(timeout)];
  if (server.startsWith('[')) args.push('-6');
  args.push(server, command, secret);
  const finished = await run('radclient', args, {
    input: attributes.map(input).join(''),
    milliseconds: (tries * timeout + 5) * 1000,
  });
  const output = finished.stdout + finished.stderr;

  let sent = 0;
  let reply: { code: string; identifier: number; attributes: NamedAttribute[] } | undefined;
  let block: NamedAttribute[] | undefined;
  for (const line of finished.stdout.split('\n')) {
    const [, verb, code, id] = /^(Sent|Received) (\S+) Id (\d+) from /.exec(line) ?? [];
    if (verb === 'Sent') {
      sent += 1;
      block = undefined;
    } else if (verb === 'Received' && code !== undefined) {
      block = [];
      reply = { code, identifier: Number(id), attributes: block };
    } else if (line.startsWith('\t')) {
      const attribute = parseAttribute(line.slice(1));
      if (attribute !== undefined) block?.push(attribute);
    }
  }
  if (sent === 0) throw new Error(`radclient sent nothing: ${output}`);
  return { reply: reply && { ...reply, state: valuesOf(reply.attributes, 'State')[0] }, sent, output };
}

/** The reply to one request. Rejects with all that radclient printed when none came. */
export async function radclientReply(options: RadclientOptions): Promise<RadclientReply> {
  const { reply, output } = await radclient(options);
  if (!reply) throw new Error(`no reply: ${output}`);
  return reply;
}
