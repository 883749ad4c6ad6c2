import * as z from 'zod';

/** A packet with its secrets masked. `value` is printable: none of its characters moves a cursor or starts a line. */
const packet = z.object({
  code: z.string(),
  id: z.number(),
  octets: z.number(),
  attributes: z.array(z.object({ name: z.string(), value: z.string() })),
});

/** What every event of a login has. */
const login = {
  /** ISO 8601 in UTC. */
  time: z.string(),
  /** As in the log and the audit; empty if it never came to one. */
  login: z.string(),
  client: z.string(),
  /** Of the client. */
  address: z.string(),
  /** As it was typed, printable. */
  user: z.string(),
};

/** One thing that happened to a login, as JSON. A contract with scripts: see docs/command-line.md. Durations are in milliseconds. */
export const traceEvent = z.discriminatedUnion('event', [
  /** The first line: from here on logins are followed. */
  z.object({ event: z.literal('following') }),
  /** The only line: as many follow logins already as may. */
  z.object({ event: z.literal('refused') }),
  z.object({ event: z.literal('request'), ...login, protocol: z.string(), packet }),
  /** The same request once more: it gets the same answer, or the one that is still to come. */
  z.object({ event: z.literal('repeated'), ...login, packet }),
  z.object({ event: z.literal('upstream-request'), ...login, server: z.string(), packet }),
  z.object({ event: z.literal('upstream-reply'), ...login, server: z.string(), ms: z.number(), packet }),
  z.object({ event: z.literal('upstream-failed'), ...login, server: z.string(), ms: z.number(), why: z.string() }),
  /** What the `[[primary]]` has said: ok, bad, challenge, unsupported or unreachable. */
  z.object({
    event: z.literal('primary'),
    ...login,
    primary: z.string(),
    result: z.string(),
    why: z.string().nullable(),
  }),
  z.object({
    event: z.literal('verdict'),
    ...login,
    /** accept, reject, challenge or silence. */
    verdict: z.string(),
    /** Of docs/reasons.md. */
    reason: z.string(),
    meaning: z.string(),
    rule: z.string().nullable(),
    ms: z.number(),
    /** The reply; null if there is none. */
    packet: packet.nullable(),
  }),
  /** A packet that came to no login; `client` is null if the address is no client's. */
  z.object({
    event: z.literal('dropped'),
    time: z.string(),
    client: z.string().nullable(),
    address: z.string(),
    reason: z.string(),
    why: z.string(),
  }),
  /** So many events were left out here, since they were not read fast enough. */
  z.object({ event: z.literal('lost'), count: z.number() }),
]);

export type TraceEvent = z.infer<typeof traceEvent>;
export type TracedPacket = z.infer<typeof packet>;
