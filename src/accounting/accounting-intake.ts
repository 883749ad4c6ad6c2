import type { Clock } from '../clock.ts';
import type { Claim, Duplicates } from '../dedupe/duplicates.ts';
import { canonicalAddress } from '../nas/address.ts';
import type { Traffic } from '../figures/traffic.ts';
import type { Nas } from '../nas/nas.ts';
import type { NasTable } from '../nas/nas-table.ts';
import { verifyRequest } from '../nas/verify-request.ts';
import type { DropLog } from '../observe/drop-log.ts';
import type { Logger } from '../observe/logger.ts';
import { parseOrDrop } from '../observe/parse-or-drop.ts';
import { accountingIsAuthentic, encodeAccountingResponse } from '../packet/authenticator.ts';
import { Code, Size, Type } from '../packet/constants.ts';
import { firstValue, packetLength, type Packet } from '../packet/packet.ts';
import { printable } from '../packet/printable.ts';
import type { SharedSecret } from '../packet/shared-secret.ts';
import type { Peer } from '../transport/udp.ts';
import { UnderWay } from '../under-way.ts';
import type { Accounting } from './accounting.ts';

export interface AccountingIntakeOptions {
  readonly clients: NasTable;
  readonly duplicates: Duplicates;
  /** Where reports of such a user at such a client are kept; undefined if this client's are not taken. */
  readonly accountingOf: (nas: Nas, userName: Buffer) => Accounting | undefined;
  readonly traffic: Traffic;
  readonly drops: DropLog;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Reports under way at once, at most. */
  readonly maxPending: number;
  /** Counts them too, with those of configs from before a reload. */
  readonly inAll: UnderWay;
}

interface Verified {
  readonly nas: Nas;
  readonly address: string;
  readonly packet: Packet;
  readonly secret: SharedSecret;
  readonly peer: Peer;
  readonly received: number;
}

/** What must not be in an Accounting-Request: RFC 2866 §4.1. */
const forbidden = new Set<number>([Type.userPassword, Type.chapPassword, Type.replyMessage, Type.state]);
const none = Buffer.alloc(0);

/** The way of an Accounting-Request: find its client, verify it, claim it, have it kept, reply. RFC 2866 §2. */
export class AccountingIntake {
  readonly #options: AccountingIntakeOptions;
  readonly #underWay: UnderWay;

  constructor(options: AccountingIntakeOptions) {
    this.#options = options;
    this.#underWay = new UnderWay(options.inAll);
  }

  /** Reports under way. */
  get pending(): number {
    return this.#underWay.count;
  }

  /** Resolves once there is none. */
  idle(): Promise<void> {
    return this.#underWay.idle();
  }

  onDatagram(datagram: Buffer, peer: Peer): void {
    try {
      this.#take(datagram, peer);
    } catch (error) {
      // Whatever a packet brought about, the next one is served.
      this.#options.logger.error({ err: error, address: peer.address }, 'a defect of radgate, please report it');
    }
  }

  #take(datagram: Buffer, peer: Peer): void {
    const { clients, drops, clock } = this.#options;
    const address = canonicalAddress(peer.address);
    const nas = clients.find(address);
    if (!nas) return drops.drop(address, 'unknown-client', 'it came from an address that no [[client]] has');
    const packet = parseOrDrop(datagram, address, drops, [Code.accountingRequest, Code.statusServer]);
    if (!packet) return;
    const secret = secretOf(packet, nas);
    if (!secret)
      return drops.drop(
        address,
        'accounting-authenticator-wrong',
        'its authenticator is wrong: is the shared secret the same on both sides?',
      );
    this.#options.traffic.request(nas.name, packet.code);
    // RFC 5997 §4.1: answered by the server itself, never passed on.
    if (packet.code === Code.statusServer) return this.#send(nas, peer, encodeAccountingResponse(packet, secret));
    if (packet.attributes.some(({ type }) => forbidden.has(type)))
      return drops.drop(address, 'accounting-with-credential', 'it has an attribute that belongs to a login');
    if (!leavesRoom(packet))
      return drops.drop(address, 'no-room-for-reply', 'its Proxy-State attributes leave no room for a reply');
    this.#claim({ nas, address, packet, secret, peer, received: clock.monotonic() });
  }

  #claim(verified: Verified): void {
    const { packet, address, peer, nas } = verified;
    const { duplicates, drops, accountingOf, maxPending, inAll } = this.#options;
    const accounting = accountingOf(nas, firstValue(packet.attributes, Type.userName) ?? none);
    if (!accounting)
      return drops.drop(address, 'accounting-off', 'this client has accounting = "off", and still reports');
    const claim = duplicates.claim({
      address,
      port: peer.port,
      socket: peer.socket,
      identifier: packet.identifier,
      authenticator: packet.authenticator,
      // Its authenticator signs all of it.
      authentic: true,
    });
    switch (claim.kind) {
      case 'answered':
        this.#options.traffic.duplicate(nas.name);
        return this.#send(nas, peer, claim.reply);
      case 'pending':
        return this.#options.traffic.duplicate(nas.name);
      case 'full':
        return drops.drop(address, 'overloaded', 'too many requests are remembered for it');
      case 'new':
        if (inAll.count < maxPending) return void this.#keep(verified, accounting, claim);
        claim.release();
        return drops.drop(address, 'overloaded', 'too many reports are under way: see [login] max_pending');
    }
  }

  async #keep(
    { nas, address, packet, secret, peer, received }: Verified,
    accounting: Accounting,
    claim: Extract<Claim, { kind: 'new' }>,
  ): Promise<void> {
    const { logger } = this.#options;
    const userName = firstValue(packet.attributes, Type.userName) ?? none;
    const about = { client: nas.name, address, user: printable(userName) };
    this.#underWay.begin();
    try {
      const why = await accounting.keep({ nas, address, packet, userName, deadline: received + nas.deadline });
      if (why !== undefined) {
        logger.warn(about, `accounting not answered, the device will ask again: ${why}`);
        return claim.release();
      }
      const reply = encodeAccountingResponse(packet, secret);
      claim.settle(reply);
      this.#send(nas, peer, reply);
      logger.debug(about, 'accounting kept');
    } catch (error) {
      logger.error({ ...about, err: error }, 'a defect of radgate, please report it');
      claim.release();
    } finally {
      this.#underWay.end();
    }
  }

  #send({ name }: Nas, peer: Peer, reply: Buffer): void {
    this.#options.traffic.reply(name, reply);
    peer.send(reply);
  }
}

/** Which of the client's secrets it was made with. */
function secretOf(packet: Packet, nas: Nas): SharedSecret | undefined {
  if (packet.code === Code.accountingRequest)
    return [nas.secret, nas.secretNext].find((known) => known && accountingIsAuthentic(packet, known));
  const verification = verifyRequest(packet, nas, false);
  return verification.kind === 'verified' ? verification.secret : undefined;
}

/** Whether the reply, which carries the Proxy-States (RFC 2865 §5.33), has room for them beside its Message-Authenticator. */
function leavesRoom({ attributes }: Packet): boolean {
  const echoed = attributes.filter(({ type }) => type === Type.proxyState);
  return packetLength(echoed) + 2 + Size.authenticator <= Size.packet;
}
