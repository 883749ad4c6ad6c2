import { isIP } from 'node:net';
import { reasonName } from '../audit/reason-name.ts';
import { asciiJson, deviceOfRow, eventId, type AuditEvent } from './event.ts';

/** An event in the fields of the Elastic Common Schema 8.11; what it has none for is in `radgate`. */
export function formatEcs(event: AuditEvent): string {
  const device = deviceOfRow(event);
  const isChange = event.result === 'change';
  const name = event.account ?? event.userName;
  return asciiJson({
    '@timestamp': new Date(event.at).toISOString(),
    ecs: { version: '8.11.0' },
    message: `${event.result}: ${event.reason}`,
    event: {
      id: eventId(event),
      kind: 'event',
      category: [categoryOf(event)],
      type: [isChange ? 'change' : 'info'],
      action: reasonName(event.reason),
      outcome: outcomeOf(event),
      provider: 'radgate',
      dataset: 'radgate.audit',
      duration: event.latency * 1e6,
    },
    user: defined({
      name: name === '-' ? null : name,
      id: event.userId,
      email: event.email,
      full_name: [event.firstName, event.lastName].filter((part) => part !== null).join(' ') || null,
    }),
    ...(typeof event.rule === 'string' ? { rule: { name: event.rule, ruleset: 'policy' } } : {}),
    ...(device === null ? {} : { source: { address: device, ...(isIP(device) === 0 ? {} : { ip: device }) } }),
    observer: defined({ vendor: 'radgate', product: 'radgate', type: 'proxy', hostname: event.node }),
    radgate: defined({
      login: event.loginId,
      typed: event.userName,
      client: event.client,
      client_address: event.clientAddress,
      server_address: event.serverAddress ?? null,
      application: event.application ?? null,
      primary: event.primary,
      protocol: event.protocol ?? null,
      method: event.method,
      token: event.token ?? null,
      phone: event.phone,
      result: event.result,
      reason: event.reason,
      actor: event.actor ?? null,
      changed_from: event.changedFrom ?? null,
      changed_to: event.changedTo ?? null,
    }),
  });
}

/** A message is no login: rules that count those must not find it. */
function categoryOf({ result, method }: AuditEvent): string {
  if (result === 'send') return method === 'email' ? 'email' : 'network';
  return result === 'change' ? 'configuration' : 'authentication';
}

function outcomeOf(event: AuditEvent): 'success' | 'failure' | 'unknown' {
  const { result } = event;
  if (result === 'send') return reasonName(event.reason) === 'message-sent' ? 'success' : 'failure';
  if (result === 'accept' || result === 'change') return 'success';
  return result === 'reject' || result === 'silence' ? 'failure' : 'unknown';
}

/** Without what is null. */
function defined(fields: Readonly<Record<string, string | null>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => field[1] !== null));
}
