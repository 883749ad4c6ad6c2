import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const page = join(import.meta.dirname, '../../docs/performance.md');
const head = `# Speed and size

Written by \`npm run bench\`, a section by each benchmark (\`npm run bench -- NAME\` for one). Figures are medians, with the lowest and the highest
in brackets. They tell how things grow and what to expect of a machine like the one that is named; no test judges them.
`;

/** Puts a benchmark's section into docs/performance.md, in the place of the one that was there. */
export function writeSection(title: string, text: string): void {
  const before = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const others = before
    .split(/^## /m)
    .slice(1)
    .filter((section) => !section.startsWith(`${title}\n`));
  const sections = [...others, `${title}\n\n${text.trim()}\n`].toSorted();
  writeFileSync(page, [head, ...sections.map((section) => `## ${section.trim()}\n`)].join('\n'));
}
