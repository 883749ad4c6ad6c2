import { secretKeys } from './read-secret.ts';
import type { Row, Rows, Section, Toml } from './row.ts';
import { schema, titleOf } from './schema.ts';

const head = `radgate's config: every option with its default.

Made from the options' own table in radgate's source; docs/configuration.md has the same as a reference. radgate looks for ./radius.conf, \
then /etc/radgate/radius.conf. "radgate check" tells every mistake in it with its line.

A key behind a "#" without a space shows the default, or an example where there is none: take the "#" away to change it. \
Keys without "#" have no default: they are yours to fill in.

Durations are "500ms", "2s", "5m", "1h" or "90d". A secret stands in a file of its own, as below (secret_file = ...; a relative path starts at \
this file), in an environment variable (secret_env = "NAME"), in a systemd credential (secret_credential = "name"), or here \
(secret = "..."). Let nobody but radgate read any of these files: chmod 600.`;

/** radius.conf.example: every option with its default and one line of why. It loads as it is once its secret files are there. */
export function exampleConfig(): string {
  const sections = Object.entries<Section>(schema).map(([name, section]) => sectionOf(name, section));
  return `${[comment(head), ...sections].join('\n\n')}\n`;
}

function sectionOf(name: string, { doc, many, needed, rows, variants, optional }: Section): string {
  if (optional) return optionalSection(name, doc, rows, variants ?? {});
  // What a config may do without, it does without until someone takes the "#" away.
  if (many && needed === undefined)
    return [comment(doc), `#${titleOf(name)}`, ...optionsOf(rows).map((line) => line.replace(/^(?=[a-z])/, '#'))].join(
      '\n',
    );
  const [first, ...others] = Object.entries(variants ?? {});
  const blocks = [comment(doc), titleOf(name), ...optionsOf({ ...rows, ...first?.[1] })];
  for (const [type, only] of others) blocks.push('', ...unused(name, type, rows, only));
  return blocks.join('\n');
}

/** A section of another type, all of it behind "#". */
function unused(section: string, type: string, rows: Rows, only: Rows): string[] {
  const own = { name: { ...rows['name'], example: type }, type: { ...rows['type'], example: type } };
  const lines = Object.entries(own).map(([key, { example }]) => assignment(key, example));
  const options = Object.entries(only).flatMap(([key, row]) => [comment(row.doc), `#${lineOf(key, row)}`]);
  return [`#${titleOf(section)}`, ...lines.map((line) => `#${line}`), ...options];
}

/** A section that most configs have none of: each type with all its keys, which exclude each other in part. */
function optionalSection(name: string, doc: string, rows: Rows, variants: Readonly<Record<string, Rows>>): string {
  const told = new Set<Row>();
  const blocks = Object.entries(variants).map(([type, only]) => {
    const all: Rows = { ...rows, ...only, name: { ...rows['name'], example: type } as Row };
    const lines = Object.entries(all).flatMap(([key, row]) => {
      const shown = key === 'type' ? assignment(key, type) : lineOf(key, row);
      const why = told.has(rows[key] ?? row) ? [] : [comment(row.doc)];
      told.add(rows[key] ?? row);
      return [...why, `##${shown}`];
    });
    return ['', `##${titleOf(name)}`, ...lines].join('\n');
  });
  const hint = 'Here is each type with all its keys: take the "##" away from those that you need.';
  return [comment(`${doc} ${hint}`), ...blocks].join('\n');
}

function optionsOf(rows: Rows): string[] {
  return Object.entries(rows).flatMap(([key, row]) => [
    comment(row.doc),
    `${row.required ? '' : '#'}${lineOf(key, row)}`,
  ]);
}

function lineOf(key: string, row: Row): string {
  const value = row.default ?? row.example;
  if (value === undefined) throw new RangeError(`the option ${key} has neither a default nor an example`);
  return row.type.secret ? assignment(secretKeys(key)[1] ?? key, value) : assignment(key, value);
}

function assignment(key: string, value: Toml): string {
  return `${key} = ${asToml(value)}`;
}

/** A value as TOML writes it. */
export function asToml(value: Toml): string {
  if (typeof value === 'object') return `[${value.map(asToml).join(', ')}]`;
  return JSON.stringify(value);
}

/** Lines of at most 100 characters, each behind "# ". */
function comment(text: string): string {
  return text
    .split('\n')
    .flatMap((paragraph) => wrapped(paragraph, 98))
    .map((line) => `# ${line}`.trimEnd())
    .join('\n');
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}
