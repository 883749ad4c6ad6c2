import { statSync } from 'node:fs';
import { OperatorError } from '../errors.ts';
import { ConfigError } from './problem.ts';
import { isMissing, reasonOf } from './read-file.ts';

const usualPlaces = ['./radius.conf', '/etc/radgate/radius.conf'];

/**
 * Finds the config file: the one that was given, else the first that exists in `places`. A file that may exist but can't be looked at is an
 * error: with undefined, the caller runs the demo.
 * @throws OperatorError 'config-missing' if the given one doesn't exist; ConfigError if one can't be looked at
 */
export function findConfig(given?: string, places: readonly string[] = usualPlaces): string | undefined {
  if (given === undefined) return places.find(exists);
  if (exists(given)) return given;
  throw new OperatorError('config-missing', `there is no config file ${given}`);
}

function exists(file: string): boolean {
  try {
    statSync(file);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw new ConfigError([{ file, line: 1, message: `cannot look at this file: ${reasonOf(error)}` }]);
  }
}
