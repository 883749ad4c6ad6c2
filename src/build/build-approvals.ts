import type { ApprovalWaits } from '../approval/approval-waits.ts';
import { Approvals } from '../approval/approvals.ts';
import { systemClock } from '../clock.ts';
import { approvalChannels } from '../config/approval-channels.ts';
import { answeredProviders } from '../config/answered-providers.ts';
import type { Config } from '../config/schema.ts';
import { sendingRules } from '../deliver/build-provider.ts';
import type { AllTexts } from '../deliver/load-texts.ts';
import type { NoticeCarrier } from '../policy/carrier.ts';
import type { Store } from '../store/store.ts';

/** Undefined if there is no page to approve on. What brings its address may lack: phones that were set up find what waits by themselves. */
export function buildApprovals(
  config: Config,
  texts: AllTexts,
  store: Store,
  waits: ApprovalWaits,
  onQueued: () => void,
  isDown: (channel: NoticeCarrier) => boolean,
): Approvals | undefined {
  const { approval, web, deliver, login } = config;
  const channels = noticeChannels(config);
  if (!channels || web.url === undefined) return undefined;
  return new Approvals({
    store,
    clock: systemClock,
    waits,
    window: approval.success_window,
    limit: approval.limit,
    channels,
    answers: answeredProviders(config, 'sms').length > 0,
    push: approval.push,
    url: web.url,
    rules: sendingRules(config),
    order: deliver.contacts,
    texts: Object.fromEntries(Object.entries(texts).map(([language, { notice }]) => [language, notice])),
    language: deliver.language,
    challengeTimeout: login.challenge_timeout,
    isDown,
    onQueued,
  });
}

/** What notices of logins go by; undefined if there is no page to approve on. */
export function noticeChannels(config: Config): readonly NoticeCarrier[] | undefined {
  return config.web.listen && config.web.url !== undefined ? approvalChannels(config) : undefined;
}
