import { pino } from 'pino';
import { PinoPretty } from 'pino-pretty';

export type Logger = pino.Logger;
/** Octets of lines that are written before the turn is over. */
const longestBuffer = 8 * 1024;

export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';

/**
 * JSON lines on standard output, or for eyes on a terminal. Nothing that is secret is ever given to it; names from the network are made
 * printable before.
 * @param format `auto` is pretty on a terminal and JSON elsewhere
 */
export function createLogger(level: LogLevel, format: 'auto' | 'json' | 'pretty'): Logger {
  const pretty = format === 'pretty' || (format === 'auto' && process.stdout.isTTY);
  const options: pino.LoggerOptions = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  if (!pretty) return pino(options, eachTurn(pino.destination({ fd: 1, sync: true, minLength: longestBuffer })));
  return pino(
    options,
    PinoPretty({ colorize: process.stdout.isTTY, translateTime: 'SYS:HH:MM:ss', singleLine: true, sync: true }),
  );
}

/** Writes the lines of one turn of the event loop at once, and what is left as the process ends. */
function eachTurn(destination: ReturnType<typeof pino.destination>): pino.DestinationStream & { flushSync(): void } {
  let scheduled = false;
  const flushSync = (): void => {
    scheduled = false;
    destination.flushSync();
  };
  process.on('exit', flushSync);
  return {
    flushSync,
    write: (line) => {
      destination.write(line);
      if (scheduled) return;
      scheduled = true;
      setImmediate(flushSync);
    },
  };
}
