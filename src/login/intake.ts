import { setTimeout as elapsed } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Claim, Duplicates } from '../dedupe/duplicates.ts';
import { canonicalAddress } from '../nas/address.ts';
import type { Traffic } from '../figures/traffic.ts';
import type { Nas } from '../nas/nas.ts';
import type { NasTable } from '../nas/nas-table.ts';
import type { ObservedClients } from '../nas/observed-clients.ts';
import type { SeenAuthenticators } from '../nas/seen-authenticators.ts';
import { verifyRequest, type VerifyDrop } from '../nas/verify-request.ts';
import type { DropLog } from '../observe/drop-log.ts';
import type { Logger } from '../observe/logger.ts';
import { parseOrDrop } from '../observe/parse-or-drop.ts';
import { decodeAccessRequest, type AccessRequest } from '../packet/access-request.ts';
import { encodeReply } from '../packet/authenticator.ts';
import { Code, Type } from '../packet/constants.ts';
import { PacketError, type Packet } from '../packet/packet.ts';
import type { SharedSecret } from '../packet/shared-secret.ts';
import { randomOctets } from '../random.ts';
import type { TracedLogin } from '../trace/traced-login.ts';
import type { Tracing } from '../trace/tracing.ts';
import type { Peer } from '../transport/udp.ts';
import { UnderWay } from '../under-way.ts';
import { outcomes } from './outcome.ts';
import { encodeVerdict, leavesRoom, replyRandom, type Answerable } from './reply.ts';
import type { Runner } from './runner.ts';
import type { Verdict } from './verdict.ts';

export interface IntakeOptions {
  readonly clients: NasTable;
  readonly seen: SeenAuthenticators;
  readonly duplicates: Duplicates;
  readonly observed: ObservedClients;
  readonly runner: Runner;
  readonly traffic: Traffic;
  readonly drops: DropLog;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Logins under way at once, at most. */
  readonly maxPending: number;
  /** Counts them too, with those of configs from before a reload. */
  readonly inAll: UnderWay;
  /** A refusal that comes before the primary accepted leaves no earlier than this after its request, in milliseconds. */
  readonly rejectDelay: number;
  /** Why logins will fail now, as far as that is known; empty if they need not. */
  readonly unready: () => readonly string[];
  /** Shows logins to those who follow them. */
  readonly tracing: Tracing;
}

const dropped: Readonly<Record<VerifyDrop, string>> = {
  'message-authenticator-wrong': 'its Message-Authenticator is wrong: is the shared secret the same on both sides?',
  'message-authenticator-missing':
    'it has no Message-Authenticator: turn it on at the client, or set message_authenticator = "off" for it (CVE-2024-3596)',
  'proxy-state-unsigned':
    'it has Proxy-State but no Message-Authenticator: set proxy = true if this client is a RADIUS proxy (CVE-2024-3596)',
};

/** A request and its way back, once it is known whose it is. */
interface Verified {
  readonly nas: Nas;
  readonly address: string;
  readonly packet: Packet;
  readonly secret: SharedSecret;
  readonly authentic: boolean;
  readonly peer: Peer;
  readonly received: number;
}

/** The way of a datagram: find its client, verify it, claim it, decode it, have it judged, reply. docs/flow.md walks along it. */
export class Intake {
  readonly #options: IntakeOptions;
  /** Names of clients that were seen to use their next secret. */
  readonly #rotated = new Set<string>();
  readonly #underWay: UnderWay;
  /** Of those, the ones that no Message-Authenticator vouches for. */
  #pendingUnauthentic = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#underWay = new UnderWay(options.inAll);
  }

  /** Logins under way. */
  get pending(): number {
    return this.#underWay.count;
  }

  /** Resolves once there is none. */
  idle(): Promise<void> {
    return this.#underWay.idle();
  }

  /** The name of the `[[client]]` that an address belongs to. */
  clientAt(address: string): string | undefined {
    return this.#options.clients.find(address)?.name;
  }

  onDatagram(datagram: Buffer, peer: Peer): void {
    try {
      this.#take(datagram, peer);
    } catch (error) {
      // Whatever a packet brought about, the next one is served.
      this.#options.logger.error({ err: error, address: peer.address }, outcomes['internal-error'].log);
    }
  }

  #take(datagram: Buffer, peer: Peer): void {
    const address = canonicalAddress(peer.address);
    const nas = this.#options.clients.find(address);
    if (!nas) {
      const explain = 'it came from an address that no [[client]] has';
      return this.#options.drops.drop(address, 'unknown-client', explain);
    }
    const packet = parseOrDrop(datagram, address, this.#options.drops, [Code.accessRequest, Code.statusServer]);
    if (!packet) return;
    const verified = this.#verify(packet, nas, address, peer);
    if (!verified) return;
    this.#options.traffic.request(nas.name, packet.code);
    if (packet.code === Code.statusServer) return this.#answerStatus(verified);
    this.#claim(verified);
  }

  #verify(packet: Packet, nas: Nas, address: string, peer: Peer): Verified | undefined {
    const { seen, drops, clock, logger } = this.#options;
    const verification = verifyRequest(packet, nas, seen.has('client', address));
    if (verification.kind === 'drop') {
      drops.drop(address, verification.reason, dropped[verification.reason]);
      const isMissing = verification.reason !== 'message-authenticator-wrong';
      if (isMissing && packet.code === Code.accessRequest) this.#options.observed.droppedUnsigned(nas.name);
      return undefined;
    }
    const { secret, authentic, signsByItself } = verification;
    if (nas.messageAuthenticator === 'off') seen.forget('client', address);
    else if (signsByItself) seen.add('client', address);
    if (secret === nas.secretNext && !this.#rotated.has(nas.name)) {
      this.#rotated.add(nas.name);
      logger.info(
        { client: nas.name, address },
        'this client uses secret_next: once all of its devices do, make it the secret',
      );
    }
    return { nas, address, packet, secret, authentic, peer, received: clock.monotonic() };
  }

  /**
   * RFC 5997 §4.2: answered by the server itself, never passed on. It is, as long as the process lives: who were told nothing would hold it for dead, and
   * send it none of the logins that can be decided. Why others will fail is a Reply-Message (RFC 5997 §6.2 shows one), of which clients show or log the text.
   */
  #answerStatus({ nas, packet, secret, peer }: Verified): void {
    const attributes = this.#options
      .unready()
      .map((why) => ({ type: Type.replyMessage, value: Buffer.from(`not ready: ${why}`) }));
    this.#send(nas, peer, encodeReply(Code.accessAccept, packet, attributes, secret));
  }

  #claim(verified: Verified): void {
    const { nas, packet, address, authentic, peer } = verified;
    const claim = this.#options.duplicates.claim({
      address,
      port: peer.port,
      socket: peer.socket,
      identifier: packet.identifier,
      authenticator: packet.authenticator,
      authentic,
    });
    const { tracing } = this.#options;
    if (tracing.isOn && (claim.kind === 'answered' || claim.kind === 'pending'))
      tracing.repeated(nas.name, address, packet);
    switch (claim.kind) {
      case 'answered':
        this.#options.observed.copy(nas.name, claim.copy, true);
        this.#options.traffic.duplicate(nas.name);
        return this.#send(nas, peer, claim.reply);
      case 'pending':
        this.#options.observed.copy(nas.name, claim.copy, false);
        return this.#options.traffic.duplicate(nas.name);
      case 'full':
        return this.#options.drops.drop(address, 'overloaded', 'too many requests are remembered for it');
      case 'new':
        this.#judge(verified, claim).catch((error: unknown) => {
          this.#options.logger.error({ err: error, client: nas.name }, outcomes['internal-error'].log);
          claim.release();
        });
    }
  }

  async #judge(verified: Verified, claim: Extract<Claim, { kind: 'new' }>): Promise<void> {
    const { nas, address, packet, secret, authentic, received } = verified;
    const { drops, maxPending, inAll, runner, observed, clock, tracing } = this.#options;
    const request = this.#decode(packet, secret, address);
    if (!request) return claim.silence();
    observed.request(nas.name, request, authentic);
    if (!leavesRoom(packet)) {
      drops.drop(address, 'no-room-for-reply', 'its Proxy-State attributes leave no room for a reply');
      return claim.silence();
    }
    const isFull = inAll.count >= maxPending || (!authentic && this.#pendingUnauthentic >= maxPending / 2);
    if (isFull) {
      claim.release();
      return drops.drop(address, 'overloaded', 'too many logins are under way: see [login] max_pending');
    }
    const traced = tracing.isOn ? tracing.login(nas.name, address, request) : undefined;
    this.#underWay.begin();
    if (!authentic) this.#pendingUnauthentic++;
    try {
      this.#answer(
        await this.#delayed(
          runner.run({ nas, address, request, authentic, received, server: verified.peer.socket, traced }),
          received,
        ),
        request,
        verified,
        claim,
        traced,
      );
    } finally {
      this.#underWay.end();
      observed.judged(nas.name, clock.monotonic() - received);
      if (!authentic) this.#pendingUnauthentic--;
    }
  }

  #decode(packet: Packet, secret: SharedSecret, address: string): AccessRequest | undefined {
    try {
      return decodeAccessRequest(packet, secret);
    } catch (error) {
      if (!(error instanceof PacketError)) throw error;
      this.#options.drops.drop(address, error.malformation, error.message);
      return undefined;
    }
  }

  /** Holds an early refusal back, so that how fast it came tells nothing. */
  async #delayed(judged: Promise<Verdict>, received: number): Promise<Verdict> {
    const verdict = await judged;
    if (!outcomes[verdict.outcome].early) return verdict;
    const rest = received + this.#options.rejectDelay - this.#options.clock.monotonic();
    if (rest > 0) await elapsed(rest);
    return verdict;
  }

  #answer(
    verdict: Verdict,
    request: AccessRequest,
    { nas, secret, peer, received }: Verified,
    claim: Extract<Claim, { kind: 'new' }>,
    traced: TracedLogin | undefined,
  ): void {
    const reply = verdict.kind === 'silence' ? null : this.#encode(verdict, request, secret);
    traced?.verdict(verdict, outcomes[verdict.outcome].log, reply, this.#options.clock.monotonic() - received);
    // What no upstream answered is not tried again for a copy: that would be a second password attempt.
    if (!reply) return verdict.outcome === 'upstream-unreachable' ? claim.silence() : claim.release();
    claim.settle(reply);
    if (verdict.kind === 'challenge' && request.credential.kind === 'pap') this.#options.observed.challenge(nas.name);
    this.#send(nas, peer, reply);
  }

  #send({ name }: Nas, peer: Peer, reply: Buffer): void {
    this.#options.traffic.reply(name, reply);
    peer.send(reply);
  }

  #encode(verdict: Answerable, request: AccessRequest, secret: SharedSecret): Buffer {
    try {
      return encodeVerdict(verdict, request, secret, randomOctets(replyRandom));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const { user, log } = outcomes['reply-too-long'];
      this.#options.logger.error({ err: error }, log);
      return encodeVerdict(
        { kind: 'reject', outcome: 'reply-too-long', relayed: [], text: user },
        request,
        secret,
        randomOctets(replyRandom),
      );
    }
  }
}
