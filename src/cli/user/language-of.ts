import { textsOf } from '../../deliver/texts-of.ts';
import { OperatorError } from '../../errors.ts';
import { commandConfig } from '../command-config.ts';
import type { CommonOptions } from '../common-options.ts';

/** A language that there are texts in. Empty is the default one. @throws OperatorError 'usage' */
export function languageOf(typed: string, options: CommonOptions): string | null {
  if (typed === '') return null;
  const known = Object.keys(textsOf(commandConfig(options).config));
  if (known.includes(typed)) return typed;
  throw new OperatorError('usage', `--language must be one of ${known.join(', ')}; [deliver] texts can add others`);
}
