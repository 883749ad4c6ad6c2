import { Command } from 'commander';
import { Exit, OperatorError } from '../../errors.ts';
import { Code, Type } from '../../packet/constants.ts';
import { encodeAttribute } from '../../packet/encode-attribute.ts';
import { firstValue, parsePacket, type Attribute, type Packet } from '../../packet/packet.ts';
import { printable } from '../../packet/printable.ts';
import { hidePassword } from '../../packet/user-password.ts';
import { RadiusServer, type Exchange } from '../../primary/radius-server.ts';
import type { Asker } from '../terminal/asker.ts';
import { withAsker } from '../terminal/with-asker.ts';
import { loginTarget, type Target, type TargetOptions } from './login-target.ts';
import { attributeLines, packetLines } from './packet-lines.ts';
import { note, print } from '../terminal/print.ts';
import { whyNot } from '../why-not.ts';

interface Options extends TargetOptions {
  readonly verbose?: boolean;
}

/** How long each of the requests waits, in milliseconds: what VPN devices do. */
const patience = 3_000;
const sends = 4;
/** The longest User-Password, in octets: RFC 2865 §5.2. */
const longest = 128;
/** Prompt: RFC 2869 §5.10. */
const prompt = { type: 76, noEcho: 0 };

/** `radgate login USER` */
export function loginCommand(): Command {
  return new Command('login')
    .description('log in as a VPN device would, to try it out')
    .argument('<user>', 'sent as it is typed')
    .option('--server <host:port>', 'RADIUS server to ask (default: where the config says radgate listens)')
    .option('--secret-file <file>', "file of the shared secret (default: that of this host's [[client]])")
    .option('-v, --verbose', 'show every packet, secrets masked')
    .action(async (user: string, _options: unknown, command: Command) => login(user, command.optsWithGlobals()));
}

async function login(user: string, options: Options): Promise<void> {
  const name = Buffer.from(user);
  if (name.length === 0 || name.length > 253) throw new OperatorError('usage', 'a user name has 1 to 253 octets');
  const target = await loginTarget(options);
  const device = new Device(target, options.verbose === true);
  try {
    const reply = await withAsker((asker) => converse(asker, device, name));
    report(reply);
    process.exitCode = reply.code === Code.accessAccept ? Exit.ok : Exit.refused;
  } finally {
    await device.close();
  }
}

/** Asks for the password and whatever else the server wants to know. @returns its last word */
async function converse(asker: Asker, device: Device, user: Buffer): Promise<Packet> {
  let answer = await asker.ask({ prompt: 'Password: ', what: 'the password', echo: false });
  let state: Buffer | undefined;
  for (;;) {
    const reply = await device.ask(user, answer, state);
    if (reply.code !== Code.accessChallenge) return reply;
    state = firstValue(reply.attributes, Type.state);
    const [question = '(no text)', ...before] = replyMessage(reply).toReversed();
    note(...before.toReversed());
    if (!asker.isTerminal) note(question);
    const echo = firstValue(reply.attributes, prompt.type)?.at(-1) !== prompt.noEcho;
    answer = await asker.ask({ prompt: ended(question), what: `the answer to "${question.trim()}"`, echo });
  }
}

function report(reply: Packet): void {
  if (reply.code === Code.accessAccept) {
    const shown = reply.attributes.filter(({ type }) => type !== Type.messageAuthenticator);
    return print('Access-Accept', ...attributeLines(shown));
  }
  const reason = replyMessage(reply).join(' ').trim();
  const hidden = new Set<number>([Type.messageAuthenticator, Type.replyMessage]);
  const others = reply.attributes.filter(({ type }) => !hidden.has(type));
  print(`Access-Reject: ${reason || '(the server gives no reason)'}`, ...attributeLines(others));
}

/** The text for the user, by lines; none of its characters moves the cursor. */
function replyMessage(reply: Packet): string[] {
  const texts = reply.attributes.filter(({ type }) => type === Type.replyMessage).map(({ value }) => value);
  if (texts.length === 0) return [];
  const lines = Buffer.concat(texts).toString('latin1').split(/\r?\n/);
  return lines.map((line) => printable(Buffer.from(line, 'latin1')));
}

/** A prompt with a blank after it. */
function ended(question: string): string {
  return question.endsWith(' ') ? question : `${question} `;
}

/** What a VPN device does: asks, asks again, believes only the server that has the secret. */
class Device {
  readonly #server: RadiusServer;
  readonly #target: Target;
  readonly #verbose: boolean;
  #forged: string | undefined;

  constructor(target: Target, verbose: boolean) {
    this.#target = target;
    this.#verbose = verbose;
    this.#server = new RadiusServer({
      ...target,
      source: undefined,
      acceptsUnsigned: () => true,
      onSigned: () => {},
      onForged: (explain) => (this.#forged = explain),
    });
  }

  /** @throws OperatorError 'no-answer' */
  async ask(user: Buffer, password: Buffer, state: Buffer | undefined): Promise<Packet> {
    if (password.length > longest)
      throw new OperatorError('usage', `RADIUS carries at most ${longest} octets as a password or answer`);
    const { secret } = this.#target;
    const attributes = (authenticator: Buffer): Attribute[] => [
      { type: Type.userName, value: user },
      { type: Type.userPassword, value: hidePassword(password, secret, authenticator) },
      ...(state ? [{ type: Type.state, value: state }] : []),
      { type: Type.nasIdentifier, value: Buffer.from('radgate-login') },
      encodeAttribute('Service-Type', 'Framed-User'),
      encodeAttribute('NAS-Port-Type', 'Virtual'),
    ];
    const tries = { count: sends, patience: () => patience, onSend: (packet: Buffer) => this.#trace('to', packet) };
    const exchange = await this.#server.exchange(attributes, tries);
    if (exchange.kind !== 'reply') throw new OperatorError('no-answer', this.#whyNot(exchange));
    this.#trace('from', exchange.reply.bytes);
    return exchange.reply;
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #trace(way: 'to' | 'from', packet: Buffer): void {
    if (this.#verbose) note(...packetLines(parsePacket(packet), `${way} ${this.#server.address}`));
  }

  #whyNot(exchange: Exclude<Exchange, { kind: 'reply' }>): string {
    const { address } = this.#server;
    if (this.#forged !== undefined) return `${address} answers, but ${this.#forged}`;
    if (exchange.kind === 'failed') return `no answer from ${address}: ${whyNot(exchange.why)}`;
    return `${address} did not answer within ${(sends * patience) / 1000} s`;
  }
}
