import type { Approvals } from '../approval/approvals.ts';
import { systemClock } from '../clock.ts';
import { hasChannel } from '../config/has-channel.ts';
import type { Config } from '../config/schema.ts';
import { sendingRules } from '../deliver/build-provider.ts';
import type { AllTexts } from '../deliver/load-texts.ts';
import { Runner } from '../login/runner.ts';
import type { WaitingLogins } from '../login/waiting.ts';
import type { Logger } from '../observe/logger.ts';
import { sentMethods } from '../policy/sent-method.ts';
import type { Primary } from '../primary/primary.ts';
import { RealmPrimary } from '../primary/realm-primary.ts';
import { realmOf } from '../primary/realms.ts';
import type { Store } from '../store/store.ts';
import { policiesOf } from './policies.ts';
import { lockoutRules, windows } from './rules.ts';

/** What a runner works with that outlives it or is built before it. */
export interface RunnerParts {
  readonly texts: AllTexts;
  readonly store: Store;
  readonly waiting: WaitingLogins;
  /** By name. */
  readonly primaries: ReadonlyMap<string, Primary>;
  /** As loadProxyMark gives it. */
  readonly mark: Buffer;
  readonly approvals: Approvals | undefined;
  readonly logger: Logger;
  readonly onQueued: () => void;
}

/** What walks logins through the machine, by the rules of the config. */
export function buildRunner(config: Config, parts: RunnerParts): Runner {
  const { texts, store, waiting, primaries, mark, approvals, logger, onQueued } = parts;
  const { login } = config;
  return new Runner({
    store,
    waiting,
    primaryOf: (nas, userName) => {
      const realm = realmOf(config.realm, nas.name, userName);
      const primary = named(primaries, realm?.primary ?? nas.primary);
      return realm ? new RealmPrimary(primary, realm) : primary;
    },
    clock: systemClock,
    logger,
    attempts: login.attempts,
    lockout: lockoutRules(config),
    windows: windows(config),
    prompts: {
      first: login.prompt,
      afterWrong: login.prompt_again,
      afterUsed: login.prompt_used,
      texts,
      language: config.deliver.language,
    },
    sending: {
      methods: sentMethods.filter((method) => hasChannel(config, method)),
      order: config.deliver.contacts,
      rules: sendingRules(config),
      digits: config.deliver.digits,
      lifetime: config.deliver.sms_timeout,
      onQueued,
    },
    groupWays: config.group,
    policies: policiesOf(config),
    mark,
    approvals,
  });
}

function named(primaries: ReadonlyMap<string, Primary>, name: string): Primary {
  const primary = primaries.get(name);
  if (!primary) throw new Error(`there is no primary ${name}`);
  return primary;
}
