import { hasChannel } from '../config/has-channel.ts';
import type { Config } from '../config/schema.ts';
import { sendingRules } from '../deliver/build-provider.ts';
import type { AllTexts } from '../deliver/load-texts.ts';
import type { LoginRules } from '../login/facts.ts';
import type { SendingFacts } from '../login/machine/login-facts.ts';
import { foldGroup } from '../policy/fold-group.ts';
import type { SendingRules } from '../policy/sending.ts';
import { sentMethods } from '../policy/sent-method.ts';
import { policiesOf } from './policies.ts';

/** What the config says of all logins, but for how approvals are asked. */
export function loginRules(
  config: Config,
  texts: AllTexts,
): Omit<LoginRules, 'channels'> & { readonly sending: SendingFacts & { readonly rules: SendingRules } } {
  const { login, deliver } = config;
  return {
    attempts: login.attempts,
    prompts: {
      first: login.prompt,
      afterWrong: login.prompt_again,
      afterUsed: login.prompt_used,
      texts,
      language: deliver.language,
    },
    sending: {
      methods: sentMethods.filter((method) => hasChannel(config, method)),
      order: deliver.contacts,
      rules: sendingRules(config),
      digits: deliver.digits,
    },
    groupWays: config.group.map(({ name, way }) => ({ group: foldGroup(name), way })),
    policies: policiesOf(config),
    realms: config.realm,
    hasDirectory: config.primary.some(({ type }) => type === 'ldap'),
  };
}
