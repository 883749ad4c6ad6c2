import type { AnswerLimits } from '../approval/answer-limits.ts';
import type { ApprovalWaits } from '../approval/approval-waits.ts';
import { Decisions } from '../approval/decisions.ts';
import { TextAnswers } from '../approval/text-answers.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config/schema.ts';
import { sendingRules } from '../deliver/build-provider.ts';
import { wordsIn } from '../deliver/in-language.ts';
import type { AllTexts } from '../deliver/load-texts.ts';
import type { Logger } from '../observe/logger.ts';
import { answerWords } from '../policy/answer-words.ts';
import type { Store } from '../store/store.ts';

/** What takes decisions on logins, whatever they come by. */
export interface Deciding {
  readonly decisions: Decisions;
  readonly answers: TextAnswers;
}

/** What outlives the config. */
export interface DecidingParts {
  readonly store: Store;
  readonly waits: ApprovalWaits;
  readonly answerLimits: AnswerLimits;
  readonly logger: Logger;
  readonly onQueued: () => void;
}

export function buildDeciding(
  config: Config,
  texts: AllTexts,
  { store, waits, answerLimits, logger, onQueued }: DecidingParts,
): Deciding {
  const { language } = config.deliver;
  const notices = wordsIn(texts, language).notice;
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
    limits: answerLimits,
    logger,
    decide: (press) => decisions.decide(press),
    words: answerWords(Object.values(texts).map((each) => each.answers)),
    texts: notices,
    rules: sendingRules(config),
  });
  return { decisions, answers };
}
