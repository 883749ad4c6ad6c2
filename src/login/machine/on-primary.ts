import { aclLines } from '../../packet/acl-download.ts';
import type { Granted } from '../../packet/granted.ts';
import { suffixOf } from '../../policy/name-realms.ts';
import { foldUserName, type FoldedName } from '../../policy/user-name.ts';
import type { Person, PrimaryResult } from '../../primary/primary.ts';
import type { LoginFacts } from './login-facts.ts';
import { onIdentified } from './on-identity.ts';
import type { Asked, Step } from './state.ts';
import { ask, fitsAccept, fitsChallenge, recorded, refusal } from './verdicts.ts';

/** Questions that a primary may ask in one login, at most: EAP-TLS with long certificates takes some twenty (RFC 5216 §2.1.5). */
export const maxRounds = 50;

export function onPrimary(facts: LoginFacts, asked: Asked, result: PrimaryResult): Step {
  switch (result.kind) {
    case 'unreachable':
      return recorded({ kind: 'silence', outcome: result.asked ? 'upstream-unreachable' : 'upstream-unasked' });
    case 'unsupported':
      return recorded(refusal('credential-unsupported'));
    case 'challenge': {
      const { conversation, relayed } = result;
      if (conversation.rounds > maxRounds) return recorded(refusal('upstream-rounds'));
      if (!fitsChallenge(facts, relayed)) return recorded(refusal('reply-too-long'));
      return ask('upstream-asked', null, { stage: 'primary', conversation }, relayed);
    }
    case 'bad':
      if (!result.relayed) return recorded(refusal(result.reason));
      return recorded({ kind: 'reject', outcome: 'upstream-rejected', relayed: result.relayed, text: null });
    case 'ok':
      if (facts.aclDownload) return onDownloaded(facts, result.granted);
      return onProven(facts, asked, result.granted, result.person);
  }
}

/** Of what the primary granted only lines of an ACL go on: an Accept that could be taken for a login's is none. */
function onDownloaded(facts: LoginFacts, granted: readonly Granted[]): Step {
  const lines = aclLines(granted);
  if (lines.length === 0) return recorded(refusal('acl-missing'));
  if (!fitsAccept(facts, lines)) return recorded(refusal('reply-too-long'));
  return recorded({ kind: 'accept', outcome: 'acl-downloaded', granted: lines }, null, 'acl');
}

/**
 * The primary's own name for the person decides; the name in the request only where the primary has proven it and says no other. A name of another realm
 * than the login's is nobody's here: no primary speaks for the users of another.
 */
function onProven(
  facts: LoginFacts,
  { settled, tail }: Asked,
  granted: readonly Granted[],
  { names, askedNameProven, groups, attributes, phone, email }: Person,
): Step {
  const directory = phone === null && email === null ? undefined : { phones: [phone], emails: [email] };
  const proven = names.map(foldUserName);
  const asked = askedNameProven ? foldUserName(facts.userName ?? '') : undefined;
  if (proven.includes(undefined) || (askedNameProven && !asked))
    return onIdentified(
      facts,
      { granted, directory, groups, attributes, names: [], tail },
      { kind: 'invalid' },
      settled,
    );
  const own = proven.filter(
    (name): name is FoldedName => name !== undefined && suffixOf(facts.realms, name.folded) === facts.realm,
  );
  if (own.length === 0 && !asked) return recorded(refusal('name-unproven'));
  const known = own.length === 0 && asked ? [asked] : own;
  return {
    state: { at: 'identity', granted, settled, directory, groups, attributes, names: known, tail },
    effect: {
      kind: 'identify',
      names: { proven: own, asked },
    },
  };
}
