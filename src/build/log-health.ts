import type { Logger } from '../observe/logger.ts';
import type { ServerHealth } from '../primary/pool.ts';

/** Tells the operator of an upstream server that stopped answering or answers again. */
export function logHealth(logger: Logger, { primary, server, standing, trouble }: ServerHealth): void {
  const line = { primary, server, standing, ...(trouble === undefined ? {} : { trouble }) };
  switch (standing) {
    case 'alive':
      return logger.info(line, 'an upstream server answers again');
    case 'suspect':
      return logger.warn(
        line,
        `an upstream server ${trouble}: those that answer are asked before it; "radgate check --connect" says what may be wrong`,
      );
    case 'dead':
      return logger.error(line, `an upstream server ${trouble}, again: it is asked only when no other is left`);
  }
}
