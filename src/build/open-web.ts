import type { ApprovalWaits } from '../approval/approval-waits.ts';
import { Decisions } from '../approval/decisions.ts';
import { showApproval } from '../approval/show-approval.ts';
import { systemClock } from '../clock.ts';
import { answeredProviders } from '../config/answered-providers.ts';
import { hasChannel } from '../config/has-channel.ts';
import type { Config } from '../config/schema.ts';
import { sendingRules } from '../deliver/build-provider.ts';
import type { AllTexts } from '../deliver/load-texts.ts';
import type { NoticeTexts } from '../deliver/render-notice.ts';
import { EnrolmentSteps } from '../enrol/steps.ts';
import type { Logger } from '../observe/logger.ts';
import { loadPushKey } from '../push/load-push-key.ts';
import { vapidKeyOf } from '../push/vapid.ts';
import type { Store } from '../store/store.ts';
import { callAnswers } from '../web/call-answers.ts';
import { approvalPages } from '../web/approval-page.ts';
import { appPage } from '../web/app/app-page.ts';
import { deviceRequests } from '../web/app/device-requests.ts';
import { enrolPages } from '../web/enrol-page.ts';
import { WebServer, type Pages } from '../web/server.ts';
import { signedTexts } from '../web/signed-texts.ts';
import { textAnswers } from '../web/text-answers.ts';
import { twilioTexts } from '../web/twilio-texts.ts';
import { windows } from './rules.ts';

/** @throws Error if there are none, which textsOf has looked at */
function noticesIn(texts: AllTexts, language: string): NoticeTexts {
  const found = texts[language];
  if (!found) throw new Error(`there are no texts in ${language}`);
  return found.notice;
}

/** The pages, if they are to be served. */
export async function openWeb(
  { web }: Config,
  pages: Pages | undefined,
  logger: Logger,
): Promise<WebServer | undefined> {
  const { listen, url, certificate, certificate_key, trusted_proxies } = web;
  if (!listen || url === undefined || !pages) return undefined;
  return WebServer.listen({
    endpoints: listen,
    url,
    tls: certificate === undefined || certificate_key === undefined ? undefined : { certificate, key: certificate_key },
    trustedProxies: trusted_proxies ?? [],
    clock: systemClock,
    logger,
    pages,
  });
}

/** What the pages show and do; undefined if there are none. */
export function buildPages(
  config: Config,
  texts: AllTexts,
  store: Store,
  waits: ApprovalWaits,
  logger: Logger,
  onQueued: () => void,
): Pages | undefined {
  const { listen, url } = config.web;
  if (!listen || url === undefined) return undefined;
  const decisions = new Decisions({
    store,
    clock: systemClock,
    logger,
    digits: config.deliver.digits,
    lifetime: config.deliver.sms_timeout,
    block: config.approval.block,
    alert: config.approval.alert ?? [],
    texts: noticesIn(texts, config.deliver.language),
    language: config.deliver.language,
    tell: (id, status) => waits.tell(id, status),
    onQueued,
  });
  const steps = new EnrolmentSteps({
    store,
    clock: systemClock,
    windows: windows(config),
    issuer: config.totp.issuer,
    application: config.totp.issuer,
    phoneMethods: (['sms', 'voice'] as const).filter((method) => hasChannel(config, method)),
    digits: config.deliver.digits,
    lifetime: config.deliver.sms_timeout,
    rules: sendingRules(config),
    texts: Object.fromEntries(Object.entries(texts).map(([language, { message }]) => [language, message])),
    language: config.deliver.language,
    onQueued,
  });
  return (app, addressOf) => {
    enrolPages(app, { steps, url, addressOf });
    appPage(app);
    deviceRequests(app, {
      store,
      clock: systemClock,
      steps,
      applications: config.client.map((client) => client.application ?? client.name),
      decide: (press) => decisions.decideByDevice(press),
      push: config.approval.push
        ? {
            key: async () => vapidKeyOf(await store.run(loadPushKey, null)).publicKey.toString('base64url'),
            hosts: config.approval.push_hosts,
          }
        : undefined,
      addressOf,
    });
    approvalPages(app, {
      show: (token) => store.run(showApproval, { token, now: systemClock.wall() }),
      decide: (press) => decisions.decide(press),
    });
    textAnswers(app, {
      providers: answeredProviders(config, 'sms').map(({ name, type, token }) => ({
        name,
        protocol: type === 'twilio' ? twilioTexts(token) : signedTexts(token, systemClock),
      })),
      url,
      clock: systemClock,
      logger,
      decide: (press) => decisions.decide(press),
      texts: noticesIn(texts, config.deliver.language),
    });
    callAnswers(app, {
      providers: answeredProviders(config, 'voice'),
      url,
      keys: { approve: config.approval.approve_key, fraud: config.approval.fraud_key },
      texts: Object.fromEntries(Object.entries(texts).map(([language, { notice }]) => [language, notice])),
      language: config.deliver.language,
      logger,
      show: (token) => store.run(showApproval, { token, now: systemClock.wall() }),
      decide: (press) => decisions.decide(press),
      end: (token, end) => decisions.endCall(token, end),
    });
  };
}
