/** What `node --cpu-prof` writes, as far as it is read here. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
    readonly children?: readonly number[];
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

interface Frame {
  readonly name: string;
  time: number;
  readonly inside: Map<string, Frame>;
}

const width = 1_200;
const rowHeight = 16;
/** Narrower ones are left out, in pixels. */
const narrowest = 1.5;
const letter = 6.2;

/**
 * Draws where the time of a thread went: each box is a function, as wide as the time in it and in all that it called, which stand on it.
 * @param skip microseconds at its beginning that are left out: the start of the program
 * @returns SVG
 */
export function flameGraph(profile: CpuProfile, title: string, skip: number): string {
  const root = framesOf(profile, skip);
  const boxes: string[] = [];
  let deepest = 0;
  const draw = (frame: Frame, x: number, depth: number): void => {
    const size = (frame.time / root.time) * width;
    if (size < narrowest) return;
    deepest = Math.max(deepest, depth);
    boxes.push(box(frame, root.time, x, size, depth));
    let at = x;
    for (const inside of [...frame.inside.values()].toSorted((a, b) => b.time - a.time)) {
      draw(inside, at, depth + 1);
      at += (inside.time / root.time) * width;
    }
  };
  draw(root, 0, 0);
  const height = (deepest + 3) * rowHeight;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 ${-height} ${width} ${height}" font-family="sans-serif" font-size="11">
<rect x="0" y="${-height}" width="${width}" height="${height}" fill="#fff"/>
<text x="8" y="${-height + 14}" font-size="13">${escaped(title)}</text>
${boxes.join('\n')}
</svg>
`;
}

/** Functions in which a thread spent its time without those that they called, the longest first, as shares of all. */
export function longestFunctions(
  { nodes, samples, timeDeltas }: CpuProfile,
  skip: number,
): [name: string, share: number][] {
  const names = new Map(nodes.map((node) => [node.id, nameOf(node)]));
  const times = new Map<string, number>();
  let [now, all] = [0, 0];
  for (const [i, id] of samples.entries()) {
    const delta = timeDeltas[i] ?? 0;
    now += delta;
    const name = names.get(id) ?? '';
    if (now < skip || name === '(idle)') continue;
    all += delta;
    times.set(name, (times.get(name) ?? 0) + delta);
  }
  return [...times].toSorted(([, a], [, b]) => b - a).map(([name, time]) => [name, time / all]);
}

function framesOf({ nodes, samples, timeDeltas }: CpuProfile, skip: number): Frame {
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const names = new Map(nodes.map((node) => [node.id, nameOf(node)]));
  const root: Frame = { name: 'all', time: 0, inside: new Map() };
  let now = 0;
  for (const [i, sample] of samples.entries()) {
    const delta = timeDeltas[i] ?? 0;
    now += delta;
    if (now < skip || names.get(sample) === '(idle)') continue;
    const way: string[] = [];
    for (let id: number | undefined = sample; id !== undefined; id = parents.get(id)) way.push(names.get(id) ?? '');
    // The last is the root of the profile.
    let frame = root;
    frame.time += delta;
    for (const name of way.slice(0, -1).toReversed()) {
      const inside: Frame = frame.inside.get(name) ?? { name, time: 0, inside: new Map() };
      frame.inside.set(name, inside);
      inside.time += delta;
      frame = inside;
    }
  }
  return root;
}

function nameOf({ callFrame: { functionName, url } }: CpuProfile['nodes'][number]): string {
  const file = url.replace(/^.*\/(?:dist\/src|node_modules)\//, '').replace(/^file:.*\//, '');
  return `${functionName === '' ? '(anonymous)' : functionName}${file === '' ? '' : ` ${file}`}`;
}

function box({ name, time }: Frame, all: number, x: number, size: number, depth: number): string {
  const y = -(depth + 1) * rowHeight;
  const shown = name.slice(0, Math.max(0, Math.floor((size - 6) / letter)));
  const share = `${((100 * time) / all).toFixed(1)}%`;
  return `<g><title>${escaped(name)} ${share}</title><rect x="${x.toFixed(1)}" y="${y}" width="${size.toFixed(1)}" height="${rowHeight - 1}" fill="${colour(name)}"/>${
    shown.length > 2 ? `<text x="${(x + 3).toFixed(1)}" y="${y + 11}">${escaped(shown)}</text>` : ''
  }</g>`;
}

/** Ours, libraries', Node's own. */
function colour(name: string): string {
  if (/ node:|^\(/.test(name) || !name.includes(' ')) return '#c9d3df';
  return / [\w-]+\/[\w./-]+\.js$/.test(name) && !/ (?:libsql|pino|sonic-boom|node-cache|commander|@)/.test(name)
    ? '#f4b183'
    : '#ffe08a';
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
