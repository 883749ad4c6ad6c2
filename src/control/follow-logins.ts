import { once } from 'node:events';
import { connect } from 'node:net';
import { OperatorError } from '../errors.ts';
import { traceEvent, type TraceEvent } from '../trace/trace-event.ts';
import { unreachable } from './ask.ts';
import { order, type TraceWish } from './orders.ts';

/** Of an event, in characters: a packet has 4096 octets, which may be escaped one by one. */
const longest = 256 * 1024;

/**
 * Logins of the service that listens on a Unix socket, as they happen: until the service ends, or `until` does.
 * @throws OperatorError 'not-running' if none answers, or what answers is no such service, 'control-denied' if it may not be asked
 */
export async function* followLogins(path: string, wish: TraceWish, until: AbortSignal): AsyncGenerator<TraceEvent> {
  const socket = connect(path);
  const stop = (): void => void socket.destroy();
  until.addEventListener('abort', stop);
  try {
    await once(socket, 'connect', { signal: until });
    socket.write(`${order.trace}${JSON.stringify(wish)}\n`);
    let rest = '';
    socket.setEncoding('utf8');
    for await (const chunk of socket as AsyncIterable<string>) {
      const lines = `${rest}${chunk}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield parsed(path, line);
      if (rest.length > longest) throw new OperatorError('not-running', `what answers at ${path} is no radgate`);
    }
  } catch (error) {
    if (until.aborted) return;
    if (error instanceof OperatorError) throw error;
    throw unreachable(path, error instanceof Error ? error : new Error(String(error)));
  } finally {
    until.removeEventListener('abort', stop);
    socket.destroy();
  }
}

function parsed(path: string, line: string): TraceEvent {
  try {
    return traceEvent.parse(JSON.parse(line));
  } catch (error) {
    throw new OperatorError('not-running', `the service at ${path} says what can't be read: is it another version?`, {
      cause: error,
    });
  }
}
