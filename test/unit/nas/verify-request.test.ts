import { expect } from 'chai';
import type { Nas } from '../../../src/nas/nas.ts';
import { verifyRequest, type Verification } from '../../../src/nas/verify-request.ts';
import { parsePacket } from '../../../src/packet/packet.ts';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';
import { aNas, nasSecret } from '../../support/a-nas.ts';
import { accessRequest, attribute, statusServer, type Placement } from '../../peer/packet-bytes.ts';

const nextText = 'the next one, after the rotation';
const next = new SharedSecret(Buffer.from(nextText));

interface Case {
  readonly rule: Nas['messageAuthenticator'];
  readonly seen: boolean;
  /** Who made the Message-Authenticator: nobody, a stranger (of 0xff), the client with its secret or its next one. */
  readonly signed: 'none' | 'wrong' | 'secret' | 'next';
  readonly kind: 'plain' | 'eap' | 'status';
  readonly proxyState: boolean;
  readonly limitProxyState: boolean;
  readonly hasNext: boolean;
}

function* everyCase(): Generator<Case> {
  const both = [false, true];
  for (const rule of ['require', 'auto', 'off'] as const)
    for (const seen of both)
      for (const signed of ['none', 'wrong', 'secret', 'next'] as const)
        for (const kind of ['plain', 'eap', 'status'] as const)
          for (const proxyState of both)
            for (const limitProxyState of both)
              for (const hasNext of both) yield { rule, seen, signed, kind, proxyState, limitProxyState, hasNext };
}

/** The rules of RFC 3579 section 3.2, RFC 5997 section 3 and CVE-2024-3596, said once more and in another order. */
function expected({ rule, seen, signed, kind, proxyState, limitProxyState, hasNext }: Case): string {
  if (signed === 'secret') return `verified with secret, authentic${kind === 'plain' ? ', signs by itself' : ''}`;
  if (signed === 'next' && hasNext)
    return `verified with next, authentic${kind === 'plain' ? ', signs by itself' : ''}`;
  if (signed !== 'none') return 'message-authenticator-wrong';
  const mustSign = kind !== 'plain' || rule === 'require' || (rule === 'auto' && seen);
  if (mustSign) return 'message-authenticator-missing';
  return proxyState && limitProxyState ? 'proxy-state-unsigned' : 'verified with secret';
}

function verify(one: Case): Verification {
  const placement: Record<Case['signed'], Placement> = { none: 'none', wrong: 'wrong', secret: 'first', next: 'last' };
  const attributes = [
    ...(one.kind === 'eap' ? [attribute(79, Buffer.of(2, 0, 0, 4))] : []),
    ...(one.proxyState ? [attribute(33, 'state')] : []),
  ];
  const options = {
    identifier: 1,
    secret: one.signed === 'next' ? nextText : nasSecret,
    messageAuthenticator: placement[one.signed],
    attributes,
  };
  const bytes = one.kind === 'status' ? statusServer(options) : accessRequest({ ...options, user: 'alice' });
  const nas = aNas({
    messageAuthenticator: one.rule,
    limitProxyState: one.limitProxyState,
    secretNext: one.hasNext ? next : undefined,
  });
  const verification = verifyRequest(parsePacket(bytes), nas, one.seen);
  if (verification.kind === 'verified')
    expect(verification.secret, 'the secret').to.equal(one.signed === 'next' ? next : nas.secret);
  return verification;
}

function described(verification: Verification): string {
  if (verification.kind === 'drop') return verification.reason;
  const { secret, authentic, signsByItself } = verification;
  const which = secret === next ? 'next' : 'secret';
  return `verified with ${which}${authentic ? ', authentic' : ''}${signsByItself ? ', signs by itself' : ''}`;
}

describe('nas/verify-request: every combination', () => {
  const cases = [...everyCase()];
  for (const rule of ['require', 'auto', 'off'])
    for (const kind of ['plain', 'eap', 'status'])
      it(`message_authenticator = "${rule}", ${kind}`, () => {
        const own = cases.filter((one) => one.rule === rule && one.kind === kind);
        expect(own).to.have.length(64);
        for (const one of own) expect(described(verify(one)), JSON.stringify(one)).to.equal(expected(one));
      });
});

describe('nas/verify-request: what must never pass', () => {
  it('EAP-Message and Status-Server without Message-Authenticator, whatever the setting', () => {
    for (const one of everyCase())
      if (one.kind !== 'plain' && one.signed === 'none')
        expect(verify(one), JSON.stringify(one)).to.deep.equal({
          kind: 'drop',
          reason: 'message-authenticator-missing',
        });
  });

  it('a wrong Message-Authenticator, even with "off"', () => {
    for (const one of everyCase())
      if (one.signed === 'wrong')
        expect(verify(one), JSON.stringify(one)).to.deep.equal({ kind: 'drop', reason: 'message-authenticator-wrong' });
  });

  it('the next secret on a request without Message-Authenticator', () => {
    for (const one of everyCase())
      if (one.signed === 'none') expect(described(verify(one)), JSON.stringify(one)).not.to.include('next');
  });
});
