import { asciiJson, eventId, type AuditEvent } from './event.ts';

/** An event as one line of JSON, with the names that `radgate report logins --json` has. */
export function formatJson(event: AuditEvent): string {
  return asciiJson({
    id: eventId(event),
    time: new Date(event.at).toISOString(),
    node: event.node,
    login: event.loginId,
    user: event.userName,
    user_id: event.userId,
    account: event.account,
    first_name: event.firstName,
    last_name: event.lastName,
    email: event.email,
    phone: event.phone,
    client: event.client,
    client_address: event.clientAddress,
    device: event.callingStationId,
    device_told: event.device,
    application: event.application,
    server_address: event.serverAddress,
    primary: event.primary,
    protocol: event.protocol,
    method: event.method,
    token: event.token,
    rule: event.rule,
    result: event.result,
    reason: event.reason,
    latency_ms: event.latency,
    primary_ms: event.spentMs.primary,
    store_ms: event.spentMs.store,
    approval_ms: event.spentMs.approval,
    ...(event.result === 'change'
      ? { actor: event.actor, changed_from: jsonOf(event.changedFrom), changed_to: jsonOf(event.changedTo) }
      : {}),
  });
}

function jsonOf(text: string | null | undefined): unknown {
  return typeof text === 'string' ? JSON.parse(text) : null;
}
