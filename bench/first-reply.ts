import { spawn } from 'node:child_process';
import { createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { join } from 'node:path';

const program = join(import.meta.dirname, '../src/main.js');
const interval = 5;
const limit = 30_000;

/** A Status-Server (RFC 5997, section 3) with its Message-Authenticator (RFC 3579, section 3.2). */
function statusServer(secret: string): Buffer {
  const packet = Buffer.alloc(38);
  packet.set([12, 1, 0, 38]);
  packet.set(randomBytes(16), 4);
  packet.set([80, 18], 20);
  packet.set(createHmac('md5', secret).update(packet).digest(), 22);
  return packet;
}

/**
 * Starts `radgate serve` with the radius.conf in a directory, asks it every 5 ms, and ends it.
 * @returns milliseconds from the start of its process to its first reply
 * @throws Error if it ends, or if there is no reply in 30 s
 */
export async function firstReply(cwd: string, port: number, secret: string): Promise<number> {
  const socket = createSocket('udp4');
  const query = statusServer(secret);
  const start = performance.now();
  const child = spawn(process.execPath, [program, 'serve', '-c', 'radius.conf'], {
    cwd,
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const ended = once(child, 'exit');
  const asking = setInterval(() => {
    socket.send(query, port, '127.0.0.1');
  }, interval);
  try {
    await Promise.race([
      once(socket, 'message', { signal: AbortSignal.timeout(limit) }),
      ended.then(([code]) => {
        throw new Error(`radgate serve ended before its first reply: exit code ${String(code)}`);
      }),
    ]);
    return performance.now() - start;
  } finally {
    clearInterval(asking);
    socket.close();
    child.kill('SIGTERM');
    await ended;
  }
}
