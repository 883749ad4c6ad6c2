import { deviceOf } from '../nas/device-of.ts';
import type { Nas } from '../nas/nas.ts';
import type { AccessRequest } from '../packet/access-request.ts';
import { isAclDownload } from '../packet/acl-download.ts';
import type { NoticeCarrier } from '../policy/carrier.ts';
import { suffixOf } from '../policy/name-realms.ts';
import { foldUserName } from '../policy/user-name.ts';
import { realmsAt, type Realm } from '../primary/realms.ts';
import type { LoginFacts } from './machine/login-facts.ts';
import { policyRequestOf } from './policy-request.ts';
import type { Prompts } from './prompts.ts';
import { roomFor } from './reply.ts';

/** What the config says of all logins. */
export interface LoginRules extends Pick<
  LoginFacts,
  'attempts' | 'sending' | 'groupWays' | 'policies' | 'hasDirectory'
> {
  /** Of all clients. */
  readonly realms: readonly Realm[];
  /** The format is each client's own. */
  readonly prompts: Omit<Prompts, 'format'>;
  /** What a notice of an approval may go by; undefined if none are asked. */
  readonly channels: readonly NoticeCarrier[] | undefined;
}

/** What is fixed about a request while it is worked on. @param primary the name of the one that checks it @param isLoop whether a proxy behind radgate has sent it back @param now milliseconds since 1970 UTC */
export function loginFacts(
  { attempts, prompts, sending, groupWays, policies, hasDirectory, channels, realms: all }: LoginRules,
  incoming: { readonly nas: Nas; readonly request: AccessRequest; readonly authentic: boolean },
  primary: string,
  isLoop: boolean,
  now: number,
): LoginFacts {
  const { nas, request, authentic } = incoming;
  const { credential, userName } = request;
  const realms = realmsAt(all, nas.name, nas.primary);
  return {
    userName,
    realms,
    realm: realms && suffixOf(realms, foldUserName(userName ?? '')?.folded),
    credential: kindOf(nas, credential),
    isLoop,
    aclDownload: nas.aclDownloads && isAclDownload(request) ? (authentic ? 'signed' : 'unsigned') : null,
    isAnswer: request.state !== undefined,
    factorRule: nas.factor,
    policies,
    about: () => policyRequestOf(nas, request, primary),
    attempts,
    room: roomFor(request.packet),
    prompts: { ...prompts, format: nas.promptFormat },
    sending,
    groupWays,
    approval: channels && nas.approval !== 'off' ? { channels, first: nas.approval === 'first' } : undefined,
    typed: credential.kind === 'pap' ? credential.password.toString('utf8') : null,
    password: credential.kind === 'pap' ? credential.password : null,
    append: nas.append,
    remembers: nas.remember !== undefined && deviceOf(request.packet, nas.deviceAttribute) !== null,
    appPasswords: nas.appPasswords,
    hasDirectory,
    challenge: nas.challenge,
    now,
  };
}

function kindOf({ passwordless }: Nas, { kind }: AccessRequest['credential']): LoginFacts['credential'] {
  switch (kind) {
    case 'pap':
      return 'prompt';
    case 'chap':
    case 'ms-chap':
    case 'eap':
      return 'proof';
    case 'ms-chap-change':
      return 'change';
    case 'arap':
    case 'malformed':
      return 'none';
    case 'none':
      return passwordless ? 'vouched' : 'none';
  }
}
