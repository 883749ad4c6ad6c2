import { lookup as lookUpName } from 'node:dns';
import { createSocket, type RemoteInfo, type Socket, type SocketOptions } from 'node:dgram';
import { once } from 'node:events';
import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { OperatorError } from '../errors.ts';

export interface Endpoint {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

/** One request's way back: where it came from, where it was asked, and how to answer from there. */
export interface Peer {
  /** Source address as the socket tells it. */
  readonly address: string;
  readonly port: number;
  /** The socket's own address and port: a name for it. */
  readonly socket: string;
  readonly send: (datagram: Buffer) => void;
}

/** An endpoint that was named must be bound at start; one of a wildcard's addresses may come later. */
interface Wanted extends Endpoint {
  readonly explicit: boolean;
}

export interface UdpOptions {
  readonly endpoints: readonly Endpoint[];
  /** Whether other processes serve them too: see assertPortsCanBeShared. */
  readonly shared?: boolean;
  readonly onDatagram: (datagram: Buffer, peer: Peer) => void;
  /** Told of send errors, of sockets that failed and came back: none of them ends the process. */
  readonly onTrouble: (trouble: UdpTrouble) => void;
}

export type UdpTrouble =
  | { readonly kind: 'send-failed' | 'socket-failed' | 'bind-failed'; readonly at: string; readonly error: Error }
  | { readonly kind: 'listening' | 'address-gone'; readonly at: string };

/** Asked of the kernel, which gives what net.core.rmem_max allows: room for a burst while the event loop is busy. */
const receiveBuffer = 4 * 1024 * 1024;
const rescanEvery = 5_000;

/**
 * RADIUS over UDP: RFC 2865 §3. Node can't tell which address a datagram was sent to, and an answer from another address is dropped by the NAS,
 * so a wildcard means one socket for each address of this host. Addresses that come and go (a cluster's, a late DHCP lease) are found
 * again every 5 s.
 */
export class UdpTransport {
  readonly #options: UdpOptions;
  readonly #sockets = new Map<string, Socket>();
  readonly #failing = new Set<string>();
  #rescan: NodeJS.Timeout | undefined;
  #accepting = true;
  #scanning = false;

  private constructor(options: UdpOptions) {
    this.#options = options;
  }

  /** Binds every endpoint. @throws OperatorError 'listen-failed' if one that was named, or every one, can't be bound */
  static async listen(options: UdpOptions): Promise<UdpTransport> {
    const transport = new UdpTransport(options);
    try {
      for (const endpoint of transport.#wanted()) if (endpoint.explicit) await transport.#bind(endpoint);
      await transport.#scan();
      if (transport.#sockets.size === 0)
        throw new OperatorError('listen-failed', 'cannot listen on UDP: this host has no usable address');
    } catch (error) {
      await transport.close();
      throw error;
    }
    transport.#rescan = setInterval(() => void transport.#scan(), rescanEvery).unref();
    return transport;
  }

  /** Address and port of every socket, as `127.0.0.1:1812` or `[::1]:1812`. */
  get listening(): string[] {
    return [...this.#sockets.values()].map((socket) => {
      const { address, port } = socket.address();
      return display({ host: address, port });
    });
  }

  /** Takes no more requests; answers can still be sent. */
  stopIntake(): void {
    this.#accepting = false;
    clearInterval(this.#rescan);
  }

  async close(): Promise<void> {
    this.stopIntake();
    // What was handed to a socket leaves it with the next tick, and is lost without a word if it is closed by then.
    await setImmediate();
    const sockets = [...this.#sockets.values()];
    this.#sockets.clear();
    await Promise.all(
      sockets.map((socket) => {
        const closed = once(socket, 'close');
        socket.close();
        return closed;
      }),
    );
  }

  /** The endpoints with each wildcard spelled out as this host's addresses of now. */
  #wanted(): Wanted[] {
    const wanted = new Map<string, Wanted>();
    for (const { host, port } of this.#options.endpoints) {
      if (!isWildcard(host)) wanted.set(display({ host, port }), { host, port, explicit: true });
      else
        for (const address of localAddresses(host)) {
          const name = display({ host: address, port });
          if (!wanted.has(name)) wanted.set(name, { host: address, port, explicit: false });
        }
    }
    return [...wanted.values()];
  }

  async #bind(endpoint: Endpoint): Promise<void> {
    const name = display(endpoint);
    const v6 = isIPv6(withoutZone(endpoint.host));
    const options = {
      type: v6 ? 'udp6' : 'udp4',
      ipv6Only: v6,
      lookup,
      reusePort: this.#options.shared === true,
    } as const;
    const socket = createSocket(options);
    try {
      const listening = once(socket, 'listening');
      socket.bind(endpoint.port, endpoint.host);
      await listening;
      socket.setRecvBufferSize(receiveBuffer);
    } catch (error) {
      socket.close();
      throw new OperatorError('listen-failed', `cannot listen on UDP ${name}: ${messageOf(error)}`, { cause: error });
    }
    const { address, port } = socket.address();
    const at = display({ host: address, port });
    socket.on('error', (error) => {
      if (this.#sockets.get(name) !== socket) return;
      this.#sockets.delete(name);
      socket.close();
      this.#options.onTrouble({ kind: 'socket-failed', at, error });
    });
    socket.on('message', (datagram, remote) => this.#receive(socket, at, datagram, remote));
    this.#sockets.set(name, socket);
  }

  #receive(socket: Socket, at: string, datagram: Buffer, { address, port }: RemoteInfo): void {
    if (!this.#accepting) return;
    const failed = (error: Error | null): void => {
      if (error) this.#options.onTrouble({ kind: 'send-failed', at: display({ host: address, port }), error });
    };
    const send = (reply: Buffer): void => {
      try {
        socket.send(reply, port, address, failed);
      } catch (error) {
        // The socket was closed between question and answer.
        failed(asError(error));
      }
    };
    this.#options.onDatagram(datagram, { address, port, socket: at, send });
  }

  /** Binds what is wanted and not bound; lets go of addresses that this host no longer has. */
  async #scan(): Promise<void> {
    if (this.#scanning) return;
    this.#scanning = true;
    try {
      await this.#bindWanted();
    } catch (error) {
      // Such as no file descriptor left to ask the kernel for addresses: the next scan may have one.
      this.#options.onTrouble({ kind: 'bind-failed', at: 'any address', error: asError(error) });
    } finally {
      this.#scanning = false;
    }
  }

  async #bindWanted(): Promise<void> {
    const wanted = this.#wanted();
    const names = new Set(wanted.map(display));
    for (const [name, socket] of this.#sockets) {
      if (names.has(name)) continue;
      this.#sockets.delete(name);
      socket.close();
      this.#options.onTrouble({ kind: 'address-gone', at: name });
    }
    for (const endpoint of wanted) {
      const name = display(endpoint);
      if (this.#sockets.has(name)) continue;
      try {
        await this.#bind(endpoint);
        this.#failing.delete(name);
        this.#options.onTrouble({ kind: 'listening', at: name });
      } catch (error) {
        // Said once, not every 5 s: an address that came just now may not be usable yet (IPv6 duplicate detection).
        if (!this.#failing.has(name))
          this.#options.onTrouble({
            kind: 'bind-failed',
            at: name,
            error: asError(error),
          });
        this.#failing.add(name);
      }
    }
  }
}

/** Where an answer goes is an address already: Node's own look-up would put each off to another tick. */
const lookup: NonNullable<SocketOptions['lookup']> = (host, options, found) => {
  const family = isIP(host);
  if (family === 0) lookUpName(host, options, found);
  else found(null, host, family);
};

/** `0.0.0.0` is every IPv4 address of this host; `::` is every address of both families, as on Linux. */
function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function localAddresses(host: string): string[] {
  const addresses: string[] = [];
  for (const [name, infos] of Object.entries(networkInterfaces()))
    for (const { family, address, scopeid } of infos ?? []) {
      if (family === 'IPv4') addresses.push(address);
      // A link-local address means nothing without its interface.
      else if (host === '::') addresses.push(scopeid ? `${address}%${name}` : address);
    }
  return addresses;
}

function display({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

function withoutZone(host: string): string {
  return host.split('%')[0] ?? host;
}

function messageOf(error: unknown): string {
  return asError(error).message;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
