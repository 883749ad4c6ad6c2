import type { NoticeCarrier } from '../policy/carrier.ts';
import { fill } from './fill.ts';

/** What users are told of a login that they are to approve, and of what they can register, in one language: templates. */
export interface NoticeTexts {
  readonly sms: string;
  /** What a text goes on with if it may be answered. */
  readonly sms_answer: string;
  /** To who answers a login that is over or not his, and to who writes what is no answer. */
  readonly answer_over: string;
  readonly answer_unclear: string;
  /** Read by a voice, which waits for a key; then what it says to each key, and to who picks up when the login is over. */
  readonly call: string;
  readonly call_approved: string;
  readonly call_declined: string;
  readonly call_over: string;
  readonly subject: string;
  readonly email: string;
  /** Of a notification, below the subject. */
  readonly notification: string;
  /** To administrators, of a login that its user says was not his own. */
  readonly alert_subject: string;
  readonly alert: string;
  /** With the link by which a user registers a second factor. */
  readonly enrol_subject: string;
  readonly enrol: string;
}

/** The places of the templates about a login. */
export const noticePlaces = ['application', 'client', 'device', 'user', 'time', 'minutes', 'link'] as const;
/** Of the call. */
export const callPlaces = ['application', 'approve', 'fraud'] as const;
export const enrolPlaces = ['application', 'until', 'link'] as const;

export interface NoticeFacts {
  readonly user: string;
  /** What the user logs in to. */
  readonly application: string;
  readonly client: string;
  /** Null where the NAS does not say. */
  readonly device: string | null;
  /** When the login asked, in milliseconds since 1970 UTC. */
  readonly at: number;
  readonly link: string;
  /** What an answer by text holds; null if there can be none. */
  readonly reference: string | null;
  /** How long an answer is awaited, in milliseconds. */
  readonly lifetime: number;
  readonly language: string;
}

interface Rendered {
  readonly text: string;
  readonly subject: string | null;
}

/** A notice in words. */
export function renderNotice(carrier: NoticeCarrier, texts: NoticeTexts, facts: NoticeFacts): Rendered {
  const values = valuesOf(facts);
  if (carrier === 'sms') {
    const { reference } = facts;
    const answer = reference === null ? '' : ` ${fill(texts.sms_answer, { reference })}`;
    return { text: `${fill(texts.sms, values)}${answer}`, subject: null };
  }
  // What is said is made when the call is answered.
  if (carrier === 'voice') return { text: '', subject: null };
  const body = carrier === 'email' ? texts.email : texts.notification;
  return { text: fill(body, values), subject: oneLine(fill(texts.subject, values)) };
}

/** What a call says, a line at a time. @param keys of `[approval]` */
export function renderCall(
  texts: NoticeTexts,
  application: string,
  keys: { readonly approve: string; readonly fraud: string },
): string {
  return fill(texts.call, { application, ...keys });
}

/** What administrators are told once a user has said "This was not me". */
export function renderAlert(texts: NoticeTexts, facts: Omit<NoticeFacts, 'link' | 'reference' | 'lifetime'>): Rendered {
  const values = valuesOf({ ...facts, link: '', lifetime: 0 });
  return { text: fill(texts.alert, values), subject: oneLine(fill(texts.alert_subject, values)) };
}

/** The mail that brings a user the link to register a second factor. @param until milliseconds since 1970 UTC */
export function renderEnrolment(
  texts: NoticeTexts,
  {
    link,
    until,
    application,
    language,
  }: { readonly link: string; readonly until: number; readonly application: string; readonly language: string },
): Rendered {
  const values = { link, application, until: timeIn(language, until) };
  return { text: fill(texts.enrol, values), subject: oneLine(fill(texts.enrol_subject, values)) };
}

function valuesOf({ user, application, client, device, at, link, lifetime, language }: Omit<NoticeFacts, 'reference'>) {
  return {
    user,
    application,
    client,
    device: device ?? '-',
    time: timeIn(language, at),
    minutes: String(Math.max(1, Math.floor(lifetime / 60_000))),
    link,
  };
}

/** A moment as people of a language write it, with its zone: the host's. */
export function timeIn(language: string, at: number): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'long' }).format(at);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}
