import * as z from 'zod';
// The dictionaries tell which attributes there are, and the line of one that is wrong is known here alone.
// oxlint-disable-next-line typescript/no-restricted-imports, eslint/no-restricted-imports
import { Type } from '../../packet/constants.ts';
// oxlint-disable-next-line typescript/no-restricted-imports, eslint/no-restricted-imports
import { attributeNumber } from '../../packet/dictionary.ts';
// oxlint-disable-next-line typescript/no-restricted-imports, eslint/no-restricted-imports
import { isTemplate, readTemplate } from '../../packet/directory-template.ts';
// oxlint-disable-next-line typescript/no-restricted-imports, eslint/no-restricted-imports
import { isSettable } from '../../packet/settable.ts';
import type { ValueType } from '../row.ts';
import { attributeValue, problemOf as valueProblem } from './policy.ts';

/** An attribute that an Accept may be given, and its value: `Filter-Id=staff`. */
export const replyValue: ValueType<string> = {
  notation: attributeValue.notation,
  schema: z
    .string('must be NAME=value in quotes')
    .superRefine((value, context) => {
      const at = value.indexOf('=');
      const problem = isTemplate(value.slice(at + 1))
        ? templateProblem(value.slice(0, Math.max(0, at)).trim(), value.slice(at + 1).trim())
        : valueProblem(value);
      if (problem !== undefined) context.addIssue(problem);
    })
    .superRefine((value, context) => {
      const problem = problemOf(value.slice(0, value.indexOf('=')).trim());
      if (problem !== undefined) context.addIssue(problem);
    }),
};

/** The name of an attribute that may be taken out of an Accept. */
export const replyName: ValueType<string> = {
  notation: 'attribute, `"NAME"`',
  schema: z.string('must be the name of an attribute in quotes').superRefine((value, context) => {
    const problem = problemOf(value.trim());
    if (problem !== undefined) context.addIssue(problem);
  }),
};

function problemOf(name: string): string | undefined {
  const number = attributeNumber(name);
  if (!number) return `must name an attribute: unknown attribute "${name}"`;
  if (isSettable(number)) return undefined;
  const isText = number.vendor === undefined && number.type === Type.replyMessage;
  const why = isText ? 'for Reply-Message use "text"' : `"${name}" is radgate's own, or has no place in an Accept`;
  return `must be an attribute that a rule may set: ${why}`;
}

function templateProblem(name: string, value: string): string | undefined {
  try {
    readTemplate(name, value);
    return undefined;
  } catch (error) {
    return `is no attribute: ${error instanceof Error ? error.message : ''}`;
  }
}
