import type { ApprovalWaits } from '../approval/approval-waits.ts';
import { Decisions } from '../approval/decisions.ts';
import { TextAnswers } from '../approval/text-answers.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config/schema.ts';
import { sendingRules } from '../deliver/build-provider.ts';
import type { AllTexts } from '../deliver/load-texts.ts';
import type { NoticeTexts } from '../deliver/render-notice.ts';
import type { Logger } from '../observe/logger.ts';
import { answerWords } from '../policy/answer-words.ts';
import type { Store } from '../store/store.ts';

/** What takes decisions on logins, whatever they come by. */
export interface Deciding {
  readonly decisions: Decisions;
  readonly answers: TextAnswers;
}

export function buildDeciding(
  config: Config,
  texts: AllTexts,
  store: Store,
  waits: ApprovalWaits,
  logger: Logger,
  onQueued: () => void,
): Deciding {
  const { language } = config.deliver;
  const notices = noticesIn(texts, language);
  const decisions = new Decisions({
    store,
    clock: systemClock,
    logger,
    digits: config.deliver.digits,
    lifetime: config.deliver.sms_timeout,
    block: config.approval.block,
    alert: config.approval.alert ?? [],
    texts: notices,
    language,
    tell: (id, status) => waits.tell(id, status),
    onQueued,
  });
  const answers = new TextAnswers({
    clock: systemClock,
    logger,
    decide: (press) => decisions.decide(press),
    words: answerWords(Object.values(texts).map((each) => each.answers)),
    texts: notices,
    rules: sendingRules(config),
  });
  return { decisions, answers };
}

/** @throws Error if there are none, which textsOf has looked at */
function noticesIn(texts: AllTexts, language: string): NoticeTexts {
  const found = texts[language];
  if (!found) throw new Error(`there are no texts in ${language}`);
  return found.notice;
}
