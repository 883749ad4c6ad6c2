import { asToml } from './example.ts';
import type { Row, Rows, Section } from './row.ts';
import { schema, titleOf } from './schema.ts';

const head = `# Configuration

The options of \`radius.conf\`, section by section. This page is generated from the options' table in \`src/config/\`
(\`node dist/src/config/generate.js\`), as is \`radius.conf.example\`, which holds the same as a file to start from.

## The file

TOML in UTF-8, at most 1 MiB. radgate takes the file of \`--config FILE\`, else \`./radius.conf\`, else \`/etc/radgate/radius.conf\`; with none of
them it runs its demo. \`radgate check\` tells every mistake at once as \`file:line: what is wrong\`, and exits with 78 if there is one. Unknown
keys are mistakes. What weakens the defaults is a warning at every start.

**Durations** are a whole number with \`ms\`, \`s\`, \`m\`, \`h\` or \`d\`, in quotes: \`"500ms"\`, \`"2s"\`, \`"5m"\`, \`"1h"\`, \`"90d"\`.

**Secrets**: in place of a key \`x\` whose value is a secret, one of these may stand:

| key | the secret is |
| --- | --- |
| \`x\` | the value itself, in UTF-8; then nobody but radgate should be able to read \`radius.conf\` |
| \`x_file\` | in a file (path; a relative one starts at the directory of \`radius.conf\`); one newline at its end doesn't count |
| \`x_env\` | in an environment variable (name) |
| \`x_credential\` | in a systemd credential (name), see \`LoadCredential=\` in systemd.exec(5) |

More than one of them, an empty secret, and a file or variable that isn't there are mistakes. A secret file that others can read is a
warning. No message ever shows a secret.`;

/** docs/configuration.md: a table of options for each section. */
export function referenceDoc(): string {
  const sections = Object.entries<Section>(schema).map(([name, section]) => sectionOf(name, section));
  return `${[head, ...sections].join('\n\n')}\n`;
}

function sectionOf(name: string, { doc, many, needed, rows, variants }: Section): string {
  const often = many ? ` Any number of them${needed === undefined ? '' : ', at least one'}.` : '';
  const parts = [`## ${titleOf(name)}`, `${cell(doc)}${often}`, table(rows)];
  for (const [type, only] of Object.entries(variants ?? {}))
    parts.push(`### type = "${type}"`, Object.keys(only).length === 0 ? 'No options of its own.' : table(only));
  return parts.join('\n\n');
}

function table(rows: Rows): string {
  const lines = Object.entries(rows).map(
    ([key, row]) => `| \`${key}\` | ${row.type.notation} | ${defaultOf(row)} | ${cell(row.doc)} |`,
  );
  return ['| key | value | default | why |', '| --- | --- | --- | --- |', ...lines].join('\n');
}

function defaultOf(row: Row): string {
  if (row.default !== undefined) return `\`${asToml(row.default)}\``;
  return row.required ? '**required**' : (row.derived ?? 'none');
}

/** Section titles as code, so that Markdown doesn't take them for links; a pipe would end the cell. */
function cell(text: string): string {
  return text.replaceAll(/\[{1,2}[a-z]+\]{1,2}/g, '`$&`').replaceAll('|', '\\|');
}
