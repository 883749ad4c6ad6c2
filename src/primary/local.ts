import type { Clock } from '../clock.ts';
import type { Credential } from '../packet/access-request.ts';
import type { Granted } from '../packet/granted.ts';
import { ntHash } from '../packet/mschap.ts';
import { foldUserName } from '../policy/user-name.ts';
import { findUser } from '../store/identify.ts';
import type { Keep } from '../store/kept-password.ts';
import { integer, textOrNull } from '../store/row.ts';
import { StoreError, type Store, type Transaction } from '../store/store.ts';
import { randomOctets } from '../random.ts';
import { FairQueue } from './fair-queue.ts';
import { localKept, type FoundKept, type LocalUser } from './local-kept.ts';
import { nobodysHash, passwordMatches } from './password-hash.ts';
import { asAsked, type Primary, type PrimaryRequest, type PrimaryResult } from './primary.ts';
import { chapMatches } from './verify-chap.ts';
import { verifyMsChap2 } from './verify-ms-chap2.ts';

/** Password checks at once: each takes one of the four threads of Node's pool some 70 ms, and the log and look-ups need the others. */
const concurrent = 2;
/** Password checks of one client that wait their turn, at most. */
const perClient = 128;

/** The password hash of an enabled user; null for everyone else. */
export const localPassword: Transaction<LocalUser, string | null> = {
  name: 'local-password',
  access: 'read',
  run: async ({ sql }, { name, realms }) => {
    const found = await findUser(sql, name, realms);
    if (found.kind !== 'known' || integer(found.row, 'disabled') !== 0) return null;
    return textOrNull(found.row, 'password');
  },
};

export interface LocalPrimaryOptions {
  readonly name: string;
  /** What it may use of what is kept of a password: `keep` of its `[[primary]]`. */
  readonly keep: Keep;
  readonly store: Store;
  readonly clock: Clock;
}

/** Users of radgate's own store. All that have no password here, or are no users, cost the same time and meet the same refusal. */
export class LocalPrimary implements Primary {
  readonly name: string;
  readonly #keep: Keep;
  readonly #store: Store;
  readonly #checks: FairQueue;

  constructor({ name, keep, store, clock }: LocalPrimaryOptions) {
    this.name = name;
    this.#keep = keep;
    this.#store = store;
    this.#checks = new FairQueue({ concurrent, perKey: perClient, now: () => clock.monotonic() });
  }

  async check(request: PrimaryRequest): Promise<PrimaryResult> {
    const { credential } = request;
    const hindrance = whyUnsupported(credential, this.#keep);
    if (hindrance !== undefined) return { kind: 'unsupported', why: hindrance };
    try {
      if (credential.kind === 'pap') return await this.#checkPassword(credential.password, request);
      return await this.#checkAnswer(request);
    } catch (error) {
      if (error instanceof StoreError) return { kind: 'unreachable', why: error.message, asked: false };
      throw error;
    }
  }

  async #checkPassword(
    password: Buffer,
    { userName, realms, client, deadline }: PrimaryRequest,
  ): Promise<PrimaryResult> {
    const name = foldUserName(userName);
    const kept = name ? await this.#store.run(localPassword, { name, realms }) : null;
    const matches = await this.#checks.run(client, deadline, () => passwordMatches(password, kept ?? nobodysHash));
    if (typeof matches === 'string') return { kind: 'unreachable', why: notRun[matches], asked: false };
    return matches && kept !== null && password.length > 0 ? proven([]) : wrong;
  }

  /** An answer to a challenge, made from the password. */
  async #checkAnswer({ userName, realms, credential }: PrimaryRequest): Promise<PrimaryResult> {
    const name = foldUserName(userName);
    const kept = name ? await this.#store.run(localKept, { name, realms }) : nobody;
    if (credential.kind === 'chap') return byChap(kept, credential);
    if (credential.kind === 'ms-chap') return byMsChap2(kept, userName, credential);
    throw new Error(`a ${credential.kind} credential is no answer to a challenge`);
  }

  async close(): Promise<void> {}
}

const notRun = {
  full: `${perClient} passwords of this client wait to be checked already`,
  late: 'its turn to be checked came after the deadline of the client',
} as const;

const nobody: FoundKept = { kind: 'nobody' };
const wrong = { kind: 'bad', relayed: undefined, reason: 'password-wrong' } as const;

function proven(granted: readonly Granted[]): PrimaryResult {
  return { kind: 'ok', granted, person: asAsked };
}

/** Told by the configuration alone, never by the user: it says nothing about who there is. */
function whyUnsupported(credential: Credential, keep: Keep): string | undefined {
  switch (credential.kind) {
    case 'pap':
      return undefined;
    case 'chap':
      return keep === 'password' ? undefined : 'CHAP needs keep = "password" in this [[primary]], or use PAP';
    case 'ms-chap':
      if (credential.version === 1) return 'local users are not checked by MS-CHAPv1: use MS-CHAPv2 or PAP';
      return keep === 'hash' ? 'MS-CHAPv2 needs keep = "nt-hash" in this [[primary]], or use PAP' : undefined;
    case 'ms-chap-change':
      return 'local users cannot change their password over MS-CHAP: use "radgate user set NAME --password"';
    case 'eap':
      return 'local users are not checked by EAP: end it before radgate, see docs/primaries/local.md';
    case 'arap':
    case 'malformed':
    case 'none':
      return 'there is no credential that local users can be checked by (passwordless = true needs a [[primary]] of type "radius")';
  }
}

/** What an answer is checked against where nothing is kept, so that it takes as long. */
const decoy = { password: randomOctets(16), ntHash: randomOctets(16) } as const;

function byChap(kept: FoundKept, credential: Extract<Credential, { readonly kind: 'chap' }>): PrimaryResult {
  const password = kept.kind === 'password' ? kept.octets : undefined;
  const matches = chapMatches(password ?? decoy.password, credential);
  return matches && password ? proven([]) : refusal(kept, password);
}

function byMsChap2(
  kept: FoundKept,
  userName: Buffer,
  credential: Extract<Credential, { readonly kind: 'ms-chap' }>,
): PrimaryResult {
  const hash = ntHashOf(kept);
  const granted = verifyMsChap2(hash ?? decoy.ntHash, userName, credential);
  return granted && hash ? proven(granted) : refusal(kept, hash);
}

function ntHashOf(kept: FoundKept): Buffer | undefined {
  if (kept.kind === 'nt-hash') return kept.octets;
  return kept.kind === 'password' ? ntHash(kept.octets.toString('utf8')) : undefined;
}

/** The same for all; the log is told where a password that was set before is the cause. @param used what it was checked with */
function refusal({ kind }: FoundKept, used: Buffer | undefined): PrimaryResult {
  return used || kind === 'nobody' ? wrong : { ...wrong, why: setAnew };
}

const setAnew =
  'this password was set when less was kept of it: set it anew ("radgate user set NAME --password"), or use PAP';
