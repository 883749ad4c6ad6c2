import { pino } from 'pino';

export type Logger = pino.Logger;
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * JSON lines on standard output, or for eyes on a terminal. Nothing that is secret is ever given to it; names from the network are made
 * printable before.
 * @param format `auto` is pretty on a terminal and JSON elsewhere
 */
export async function createLogger(level: LogLevel, format: 'auto' | 'json' | 'pretty'): Promise<Logger> {
  const pretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
  const options: pino.LoggerOptions = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (!pretty) return pino(options, eachTurn(pino.destination({ fd: 1, sync: true })));
  const { PinoPretty } = await import('pino-pretty');
  return pino(
    options,
    PinoPretty({ colorize: process.stdout.isTTY, translateTime: 'SYS:HH:MM:ss', singleLine: true, sync: true }),
  );
}

/** What a pipe takes whole, in octets, whoever else writes to it: PIPE_BUF of Linux, pipe(7). */
const atomic = 4096;

/** Writes the lines of one turn of the event loop at once, as far as none can be torn by another process, and what is left as the process ends. */
function eachTurn(destination: pino.DestinationStream): pino.DestinationStream & { flushSync(): void } {
  let lines = '';
  const flushSync = (): void => {
    const written = lines;
    lines = '';
    if (written !== '') destination.write(written);
  };
  process.on('exit', flushSync);
  return {
    flushSync,
    write: (line) => {
      if (Buffer.byteLength(lines) + Buffer.byteLength(line) > atomic) flushSync();
      if (lines === '') setImmediate(flushSync);
      lines += line;
    },
  };
}
