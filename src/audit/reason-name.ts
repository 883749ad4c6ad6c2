/** The name of a row's reason, without what follows a colon. */
export function reasonName(reason: string): string {
  return reason.replace(/:.*$/s, '');
}

/**
 * The same in SQL: a condition that holds for rows whose reason has one of these names, and what its marks stand for.
 * @param names of reasons, none of which holds "%" or "_"
 */
export function reasonIsOneOf(names: readonly string[]): readonly [condition: string, ...parameters: string[]] {
  const alone = names.map(() => '?').join(', ');
  const withMore = names.map(() => 'reason LIKE ?').join(' OR ');
  return [`(reason IN (${alone}) OR ${withMore})`, ...names, ...names.map((name) => `${name}:%`)];
}
