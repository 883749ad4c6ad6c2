import { randomOctets } from '../random.ts';
import { newReference, referenceRandom } from './text-answer.ts';

/** What became of an approval. */
export type Status =
  | 'open'
  | 'approved'
  | 'declined'
  /** The user says that somebody else is logging in. */
  | 'fraud'
  /** Nobody answered in time, another took its place, or, for who waits, a prompt went on with it. */
  | 'closed';

/** `wait`: the NAS waits for the reply. `typed`: the page shows a code after it, which the user types at the prompt. */
export type Mode = 'wait' | 'typed';

/** What it is for a request that waits: a yes that shows a code lets in by that code alone, and whoever joined before the prompt went on has no answer. */
export function statusForWaiting(status: Status, mode: Mode): Status {
  return status === 'approved' && mode === 'typed' ? 'closed' : status;
}

/** The octets of the secret in the address of an approval's page: 128 random bits. */
export const tokenSize = 16;

/** What the digest of a page's address is made for. */
export const linkPurpose = 'approval-link';

/** The random octets that one approval takes: its id, the id of its message, the secret of its page and the reference of its text. */
export interface ApprovalRandom {
  readonly id: string;
  readonly outboxId: string;
  readonly token: Buffer;
  readonly reference: string;
}

export function approvalRandom(): ApprovalRandom {
  return {
    id: randomOctets(16).toString('hex'),
    outboxId: randomOctets(16).toString('hex'),
    token: randomOctets(tokenSize),
    reference: newReference(randomOctets(referenceRandom)),
  };
}

/** The address of an approval's page. @param url as `[web] url` */
export function pageOf(url: string, token: Buffer): string {
  return `${url}/a/${token.toString('base64url')}`;
}

/** What names the code that the page of a login shows, among codes that were sent. */
export function shownCodeOf(loginId: string): string {
  return `${loginId}-approval`;
}
