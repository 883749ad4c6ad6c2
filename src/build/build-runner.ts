import type { Approvals } from '../approval/approvals.ts';
import { systemClock } from '../clock.ts';
import { hasChannel } from '../config/has-channel.ts';
import type { Config } from '../config/schema.ts';
import type { AllTexts } from '../deliver/load-texts.ts';
import type { Traffic } from '../figures/traffic.ts';
import type { EnrolmentLinks } from '../login/runner-options.ts';
import { Runner } from '../login/runner.ts';
import type { WaitingLogins } from '../login/waiting.ts';
import type { Logger } from '../observe/logger.ts';
import type { SentMethod } from '../policy/sent-method.ts';
import type { Primary } from '../primary/primary.ts';
import type { Store } from '../store/store.ts';
import { loginRules } from './login-rules.ts';
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
  readonly traffic: Traffic;
  readonly onQueued: () => void;
  /** Whether nothing that sends by it works now. */
  readonly isDown: (method: SentMethod) => boolean;
}

/** What walks logins through the machine, by the rules of the config. */
export function buildRunner(config: Config, parts: RunnerParts): Runner {
  const { texts, store, waiting, primaries, mark, approvals, logger, traffic, onQueued, isDown } = parts;
  const rules = loginRules(config, texts);
  return new Runner({
    store,
    waiting,
    primaryNamed: (name) => named(primaries, name),
    clock: systemClock,
    logger,
    traffic,
    lockout: lockoutRules(config),
    windows: windows(config),
    ...rules,
    sending: { ...rules.sending, lifetime: config.deliver.sms_timeout, isDown, onQueued },
    mark,
    approvals,
    enrolment: enrolmentLinks(config),
  });
}

/** The page that users register on, where there is one and mails lead there. */
function enrolmentLinks(config: Config): EnrolmentLinks | undefined {
  const { url, listen } = config.web;
  if (url === undefined || !listen || !hasChannel(config, 'email')) return undefined;
  return { url, issuer: config.totp.issuer, phones: hasChannel(config, 'sms', 'voice') };
}

function named(primaries: ReadonlyMap<string, Primary>, name: string): Primary {
  const primary = primaries.get(name);
  if (!primary) throw new Error(`there is no primary ${name}`);
  return primary;
}
