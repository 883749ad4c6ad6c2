import { OperatorError } from '../errors.ts';
import { checkRules } from './rules.ts';
import { sameValue } from './same.ts';
import { titleOf, type Config, type Draft } from './schema.ts';

/** What parts are made with that live as long as the service: whole sections, and keys of others. */
const sections = ['listen', 'store', 'web', 'audit', 'siem', 'control', 'metrics'] as const;
const loginKeys = ['duplicate_window', 'challenge_timeout', 'max_waiting'] as const;

export interface Kept {
  /** `next`, with what is running in place of what can't be taken. */
  readonly config: Config;
  /** What differs and was not taken, such as "[listen] auth": it needs a restart. */
  readonly restart: readonly string[];
}

/**
 * What of a config that was read anew a running service can take.
 * @throws OperatorError 'restart-first' if what it can take does not go with what stays, such as a rule that needs pages which are not served yet
 */
export function keepUntilRestart(running: Config, next: Config): Kept {
  const { listen, store, web, audit, siem, control, metrics } = running;
  const { duplicate_window, challenge_timeout, max_waiting } = running.login;
  const config = {
    ...next,
    listen,
    store,
    web,
    audit,
    siem,
    control,
    metrics,
    login: { ...next.login, duplicate_window, challenge_timeout, max_waiting },
    log: { ...next.log, format: running.log.format },
  };
  const restart = [
    ...sections.flatMap((section) => differences(section, running[section], next[section])),
    ...differences('login', running.login, next.login, loginKeys),
    ...differences('log', running.log, next.log, ['format']),
  ];
  const [wrong] = wrongIn(config);
  if (wrong !== undefined)
    throw new OperatorError(
      'restart-first',
      `${restart.join(', ')}: what needs a restart is needed by the rest: ${wrong}`,
    );
  return { config, restart };
}

/** The rules that a file as a whole has passed already. */
function wrongIn(config: Config): string[] {
  const wrong: string[] = [];
  // They read it alone.
  checkRules(config as Draft, {
    dir: '',
    env: {},
    error: (_path, message) => wrong.push(message),
    warn: () => undefined,
  });
  return wrong;
}

function differences(
  section: string,
  running: object,
  next: object,
  keys: readonly string[] = [...new Set([...Object.keys(running), ...Object.keys(next)])],
): string[] {
  if (Array.isArray(running)) return sameValue(running, next) ? [] : [titleOf(section)];
  const [now, wanted] = [new Map(Object.entries(running)), new Map(Object.entries(next))];
  return keys.filter((key) => !sameValue(now.get(key), wanted.get(key))).map((key) => `${titleOf(section)} ${key}`);
}
