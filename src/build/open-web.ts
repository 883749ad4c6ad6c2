import { showApproval } from '../approval/show-approval.ts';
import { systemClock } from '../clock.ts';
import { postingProviders } from '../config/answered-providers.ts';
import { hasChannel } from '../config/has-channel.ts';
import type { Config } from '../config/schema.ts';
import { sendingRules } from '../deliver/build-provider.ts';
import type { AllTexts } from '../deliver/load-texts.ts';
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
import type { Pages, WebServer } from '../web/server.ts';
import { signedTexts } from '../web/signed-texts.ts';
import { textWebhooks } from '../web/text-webhooks.ts';
import { twilioTexts } from '../web/twilio-texts.ts';
import type { Deciding } from './build-deciding.ts';
import { windows } from './rules.ts';

/** The pages, if they are to be served. */
export async function openWeb(
  { web }: Config,
  pages: Pages | undefined,
  logger: Logger,
): Promise<WebServer | undefined> {
  const { listen, url, certificate, certificate_key, trusted_proxies } = web;
  if (!listen || url === undefined || !pages) return undefined;
  // A start without pages does not wait until their server is loaded.
  const server = await import('../web/server.ts');
  return server.WebServer.listen({
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
  { decisions, answers }: Deciding,
  onQueued: () => void,
): Pages | undefined {
  const { listen, url } = config.web;
  if (!listen || url === undefined) return undefined;
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
  const alerts = config.approval.alert !== undefined && hasChannel(config, 'email');
  return (app, addressOf, lines) => {
    enrolPages(app, { steps, url, addressOf });
    appPage(app, alerts);
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
      lines,
    });
    approvalPages(app, {
      show: (token) => store.run(showApproval, { token, now: systemClock.wall() }),
      decide: (press) => decisions.decide(press),
      alerts,
    });
    textWebhooks(app, {
      providers: postingProviders(config, 'sms').map(({ name, type, token }) => ({
        name,
        protocol: type === 'twilio' ? twilioTexts(token) : signedTexts(token, systemClock),
      })),
      url,
      lines,
      answers,
    });
    callAnswers(app, {
      providers: postingProviders(config, 'voice'),
      url,
      keys: { approve: config.approval.approve_key, fraud: config.approval.fraud_key },
      texts: Object.fromEntries(Object.entries(texts).map(([language, { notice }]) => [language, notice])),
      language: config.deliver.language,
      lines,
      show: (token) => store.run(showApproval, { token, now: systemClock.wall() }),
      decide: (press) => decisions.decide(press),
      end: (token, end) => decisions.endCall(token, end),
    });
  };
}
