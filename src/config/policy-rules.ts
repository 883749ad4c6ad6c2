import type { Context } from './context.ts';
import { titleOf, type Draft } from './schema.ts';

/** What no option of a `[[policy]]` can tell by itself. */
export function policyRules(
  { policy: all, client: clients, primary: primaries, provider, web }: Draft,
  context: Context,
): void {
  for (const [i, one] of (all ?? []).entries()) {
    const title = titleOf('policy', one.name);
    const wrong = (key: string, message: string): void => context.error(['policy', i, key], message);
    for (const [item, name] of (one.client ?? []).entries())
      if (clients && !clients.some((client) => client.name === undefined || client.name === name))
        context.error(['policy', i, 'client', item], `item ${item + 1} of "client" in ${title} names no [[client]]`);
    for (const [item, name] of (one.primary ?? []).entries())
      if (primaries && !primaries.some((primary) => primary.name === undefined || primary.name === name))
        context.error(['policy', i, 'primary', item], `item ${item + 1} of "primary" in ${title} names no [[primary]]`);
    if (one.from !== undefined && one.until !== undefined && one.from >= one.until)
      wrong('until', `"until" in ${title} must be later than "from"`);
    if (one.decision === undefined) continue;
    for (const key of ['reply', 'reply_by_group', 'reply_add', 'reply_remove'] as const)
      if (one.decision === 'deny' && one[key])
        wrong(key, `"${key}" in ${title} is for decision = "require" or "allow"`);
    if (one.decision === 'code-only') {
      if (!one.client)
        wrong('decision', `decision = "code-only" in ${title} needs "client": no password is asked for there`);
      for (const key of ['group', 'not_group', 'enrolled', 'percent'] as const)
        if (one[key] !== undefined)
          wrong(key, `"${key}" in ${title} is not known before a primary is asked: decision = "code-only" asks none`);
    }
    if (one.on_outage === 'allow' && one.decision !== 'require')
      wrong('on_outage', `"on_outage" in ${title} is for decision = "require"`);
    else if (one.on_outage === 'allow' && !one.user && !one.group)
      wrong('on_outage', `on_outage = "allow" in ${title} needs "user" or "group": it lets in on the password alone`);
    for (const key of ['reply', 'reply_by_group', 'reply_add'] as const) {
      const values: readonly (string | { readonly value: string })[] = one[key] ?? [];
      if (!values.some((each) => (typeof each === 'string' ? each : each.value).includes('{attribute:'))) continue;
      if (primaries && !primaries.some(({ type }) => type === undefined || type === 'ldap'))
        wrong(key, `"${key}" in ${title} has {attribute:NAME}, and no [[primary]] with type = "ldap" has attributes`);
    }
    if (one.decision !== 'require' && one.methods)
      wrong('methods', `"methods" in ${title} is for decision = "require"`);
    if (one.decision !== 'require' && one.unenrolled !== undefined && one.unenrolled !== 'deny')
      wrong('unenrolled', `"unenrolled" in ${title} is for decision = "require"`);
    else if (one.unenrolled === 'link' && (!web.listen || web.url === undefined))
      wrong(
        'unenrolled',
        `unenrolled = "link" in ${title} needs the page that users register on: "listen" and "url" in [web]`,
      );
    else if (one.unenrolled === 'link' && (!one.methods || one.methods.includes('email')))
      wrong(
        'unenrolled',
        `unenrolled = "link" in ${title} needs "methods" without "email": whom the link reaches, a code by mail reaches too`,
      );
    else if (one.unenrolled === 'link' && !hasMail(provider))
      wrong('unenrolled', `unenrolled = "link" in ${title} needs a [[provider]] with the channel "email"`);
  }
}

/** A provider whose channels are wrong is told of by itself. */
function hasMail(providers: Draft['provider']): boolean {
  return (providers ?? []).some(
    ({ channel }) => channel === undefined || channel.some((one: string) => one === 'email'),
  );
}
