import { isUtf8 } from 'node:buffer';
import type { Logger } from '../observe/logger.ts';
import { printable } from '../packet/printable.ts';
import { passwordOf, type Incoming, type Journey } from './journey.ts';
import { outcomes, type Outcome } from './outcome.ts';
import type { Verdict } from './verdict.ts';

const isAskedOnly = new Set<Outcome>(['code-asked', 'code-sent', 'approval-typed', 'upstream-asked']);
/** What an officer or an administrator must look into. */
const isAlarm = new Set<Outcome>(['locked', 'paused', 'code-only-locked', 'approval-fraud', 'loop']);
const wrongPassword = new Set<Outcome>(['password-wrong', 'upstream-rejected']);
const noise = 'what came is no text, so the shared secret may differ between the client and radgate';

/** Whether a password looks as if it was revealed with the wrong secret. A Message-Authenticator would have told. */
function isNoise({ authentic, request }: Incoming): boolean {
  const password = passwordOf(request);
  return !authentic && (!isUtf8(password) || /\p{Cc}/u.test(password.toString()));
}

const told = { accept: 'accepted', reject: 'rejected', challenge: 'goes on' } as const;

/** Tells the log what a login came to. @param took milliseconds since the request came */
export function logLogin(logger: Logger, journey: Journey, { kind, outcome }: Verdict, took: number): void {
  const { userName, client, clientAddress, callingStationId, primary } = journey.asked;
  const line = {
    login: journey.loginId,
    verdict: kind,
    reason: outcome,
    user: userName,
    client,
    address: clientAddress,
    ...(callingStationId === null ? {} : { device: callingStationId }),
    primary,
    ...(journey.rule === null ? {} : { rule: journey.rule }),
    ms: Math.round(took),
  };
  const trouble = journey.trouble ?? (wrongPassword.has(outcome) && isNoise(journey) ? noise : undefined);
  const { log } = outcomes[outcome];
  // A directory's or server's own words are in it.
  const explained = trouble === undefined ? log : `${log}: ${printable(Buffer.from(trouble))}`;
  // One line a login: a challenge is on the way to its verdict.
  if (isAskedOnly.has(outcome)) logger.debug(line, explained);
  else if (kind === 'silence') logger.warn(line, `login not answered: ${explained}`);
  else if (isAlarm.has(outcome)) logger.warn(line, `login ${told[kind]}: ${explained}`);
  else logger.info(line, `login ${told[kind]}: ${explained}`);
}
