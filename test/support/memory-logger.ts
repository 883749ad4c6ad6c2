import { pino } from 'pino';
import type { Logger } from '../../src/observe/logger.ts';

/** A logger of all levels, and what it was told so far. */
export function memoryLogger(): { readonly logger: Logger; readonly lines: Readonly<Record<string, unknown>>[] } {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  return { logger: pino({ level: 'trace', base: null }, { write }), lines };
}
