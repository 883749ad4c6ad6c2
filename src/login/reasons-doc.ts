import { outcomes, type Outcome } from './outcome.ts';
import { changeReasons, loginReasons, type Reason } from './reasons.ts';

const head = `# Reasons

Why a login came to what it came to: the \`reason\` of each line of the log and each row of the audit, what it says, and what an operator can do
about it. \`radgate report user NAME\` says the same of a user's last logins. This page is generated from the reasons' table in \`src/login/\`
(\`node dist/src/login/generate-reasons.js\`). The list is closed: no login has another reason.

The four results are the answer that the device got: \`accept\`, \`reject\`, \`challenge\` (it goes on) and \`silence\` (none: the device asks
again, or another server). Rows of the result \`change\` tell what an administrator did, or a user on the page of an enrolment link; \`answer\` is a press on the page of an approval, \`send\` a message that has ended. \`code-asked\`, \`code-sent\` and the other questions that
no wrong answer precedes, \`answer-pending\`, \`waiting-full\`, \`store-failed\` and \`internal-error\` are in the log alone.`;

const headings = {
  accept: 'Let in',
  challenge: 'Asked again',
  reject: 'Refused',
  silence: 'Not answered',
} as const;

/** docs/reasons.md: a table for each result. */
export function reasonsDoc(): string {
  const resultOf = (name: string): string | undefined =>
    Object.hasOwn(outcomes, name) ? outcomes[name as Outcome].verdict : undefined;
  const others = [...loginReasons].filter(([name]) => resultOf(name) === undefined);
  const sections = Object.entries(headings).map(([result, title]) =>
    section(
      `${title} (\`${result}\`)`,
      [...loginReasons].filter(([name]) => resultOf(name) === result),
    ),
  );
  return `${[head, ...sections, section('In the audit alone: pages, messages, and questions that nobody answered', others), section('Changed by an administrator (`change`)', [...changeReasons])].join('\n\n')}\n`;
}

function section(title: string, reasons: readonly (readonly [string, Reason])[]): string {
  const lines = reasons.map(([name, { meaning, remedy }]) => `| \`${name}\` | ${cell(meaning)} | ${cell(remedy)} |`);
  return [`## ${title}`, '', '| reason | meaning | remedy |', '| --- | --- | --- |', ...lines].join('\n');
}

/** Section titles as code, so that Markdown doesn't take them for links; a pipe would end the cell. */
function cell(text: string): string {
  return text.replaceAll(/\[{1,2}[a-z]+\]{1,2}/g, '`$&`').replaceAll('|', '\\|');
}
