import { reasonOf } from '../../login/reasons.ts';
import type { Explained } from '../../login/explain.ts';
import type { Identity } from '../../policy/decide.ts';
import type { Judged, Policy } from '../../policy/policy.ts';
import { localTime } from '../terminal/local-time.ts';
import { wrap } from '../terminal/wrap.ts';
import { attributeLines } from '../login/packet-lines.ts';
import type { Asked } from './asked.ts';
import { plainAttributes } from './plain-attributes.ts';

const width = 80;
/** Columns before what is told of each thing. */
const indent = 10;

/** What `radgate explain` tells people, in lines of at most 80 columns where no word is longer. */
export function explainLines(
  asked: Asked,
  primary: string,
  explained: Explained,
  rule: Policy | undefined,
  notes: readonly string[],
): string[] {
  const { realm, identity, groups, judged, result, outcome, ways, target, text, granted, appPasswords } = explained;
  const methods = identity?.kind === 'known' ? methodsIn(identity) : undefined;
  return [
    ...told('login', `${asked.user} at ${asked.client}, by ${asked.protocol}, ${localTime(asked.at)}`),
    ...told('primary', `${primary}; that the credential is right is taken for granted`),
    ...(realm === null ? [] : told('realm', realm)),
    ...(identity ? told('user', standings[identity.kind]) : []),
    ...(methods === undefined ? [] : told('methods', methods)),
    ...told('groups', groups.join(', ') || 'none'),
    ...notes.flatMap((note) => told('note', note)),
    '',
    ...ruleLines(judged, rule),
    '',
    ...(identity
      ? told('decides', rule ? `[[policy]] "${rule.name}": ${rule.decision}` : `no rule: factor of "${asked.client}"`)
      : []),
    ...told('result', `${results[result]}${outcome === undefined ? '' : ` (${outcome})`}`),
    ...(outcome === undefined ? [] : told('', reasonOf(outcome)?.meaning ?? '')),
    ...(ways.length === 0 ? [] : told('ways', ways.map((way, i) => (i === 0 ? `${way} (first)` : way)).join(', '))),
    ...(target === null ? [] : told('sent to', target)),
    ...(text === null ? [] : text.split('\n').flatMap((line, i) => told(i === 0 ? 'shown' : '', line))),
    ...(result === 'accept' ? replyLines(attributeLines(plainAttributes(granted))) : []),
    ...(appPasswords ? told('programs', programs(appPasswords.keptOutBy)) : []),
  ];
}

function methodsIn({ methods, enrolled }: Extract<Identity, { kind: 'known' }>): string {
  return methods.join(', ') || (enrolled ? 'none that can be used here and now' : 'none');
}

const standings = {
  known: 'known to radgate',
  unknown: 'not known to radgate',
  ambiguous: 'several users of radgate answer to this name',
  lookalike: 'not a user of radgate, but a directory could take the name for one',
  invalid: 'this cannot be a name',
} as const;

const results: Readonly<Record<Explained['result'], string>> = {
  accept: 'let in',
  reject: 'refused',
  challenge: 'asked for a second factor',
  approval: 'asked to approve',
  silence: 'not answered',
};

function ruleLines(judged: readonly Judged[], rule: Policy | undefined): string[] {
  if (judged.length === 0) return told('rules', 'none are looked at');
  let decided = false;
  return judged.flatMap(({ policy, findings, matches }, i) => {
    const verdict = matches ? (decided ? 'would match, but another decides' : 'MATCHES') : 'does not match';
    decided ||= policy === rule;
    const conditions = findings.map(({ condition, holds }) => `${condition} ${holds ? 'holds' : 'does NOT hold'}`);
    return [
      ...told(`rule ${i + 1}`, `"${policy.name}" (${policy.decision}) ${verdict}`),
      ...told('', conditions.length === 0 ? 'it has no conditions' : conditions.join(', ')),
    ];
  });
}

function programs(keptOutBy: Policy | null): string {
  if (!keptOutBy) return 'no [[policy]] refuses application passwords';
  return `[[policy]] "${keptOutBy.name}" refuses application passwords; what only a directory knows counts as if it held, since none is asked for them`;
}

function replyLines(attributes: readonly string[]): string[] {
  if (attributes.length === 0) return told('reply', 'no attributes of radgate');
  return attributes.flatMap((line, i) => told(i === 0 ? 'reply' : '', line.trim()));
}

function told(what: string, text: string): string[] {
  return wrap(text, width - indent).map((line, i) => (i === 0 ? what : '').padEnd(indent) + line);
}
