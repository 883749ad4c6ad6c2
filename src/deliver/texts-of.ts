import { ConfigError } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import { loadTexts, type AllTexts } from './load-texts.ts';

/** The texts that a config names, its default language among them. @throws ConfigError with what is wrong in their files */
export function textsOf({ deliver }: Pick<Config, 'deliver'>): AllTexts {
  const all = loadTexts(deliver.texts);
  if (Object.hasOwn(all, deliver.language)) return all;
  const message = `there are no texts in "${deliver.language}", the language of [deliver]; there are ${Object.keys(all).join(', ')}`;
  throw new ConfigError([{ file: deliver.texts ?? 'radius.conf', line: 1, message }]);
}
