import { countLines } from '../count-lines.ts';

/** The longest piece of markup that is kept whole, in characters. */
const longest = 64 * 1024;

/** A piece of an XML document. */
export interface Markup {
  readonly kind: 'text' | 'comment' | 'cdata' | 'instruction' | 'doctype' | 'start' | 'end' | 'empty' | 'broken';
  /** As it stands in the document; only its beginning if it is over 64 KiB. */
  readonly text: string;
  /** On which it begins, from 1. */
  readonly line: number;
}

interface Piece {
  readonly kind: Markup['kind'];
  /** Undefined if more has to be read to know. */
  readonly end: number | undefined;
  readonly terminator: RegExp;
}

/** Everything but tags and text: how it begins and what ends it. A declaration is refused by its first characters. */
const delimited = [
  { kind: 'comment', start: '<!--', terminator: /-->/g },
  { kind: 'cdata', start: '<![CDATA[', terminator: /\]\]>/g },
  { kind: 'instruction', start: '<?', terminator: /\?>/g },
  { kind: 'doctype', start: '<!', terminator: /(?:)/g },
] as const;
/** What may stand between a tag's brackets: no bracket, and quotes in pairs. */
const insideTag = /[^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*/y;
const startOfName = /[\p{L}_:]/u;
/** Where an overlong tag is taken to end: its quotes are not followed. */
const endOfTag = />|(?=<)/g;

/**
 * Takes an XML document apart, in whatever pieces it comes, with at most one piece of markup in memory. A text is given in as many parts as
 * it happens to be read in; a tag that another one interrupts is `broken`, as is one over 64 KiB.
 */
export class MarkupReader {
  #rest = '';
  /** The line on which #rest begins. */
  #line = 1;
  /** What ends the overlong piece of markup that is being passed over. */
  #passing: RegExp | undefined;

  /** The line up to which it has come, from 1. */
  get line(): number {
    return this.#line;
  }

  /** Whether it stands within a piece of markup. */
  get unfinished(): boolean {
    return this.#rest !== '' || this.#passing !== undefined;
  }

  push(text: string): readonly Markup[] {
    const found: Markup[] = [];
    const all = this.#rest + text;
    let at = 0;
    while (at < all.length) {
      if (this.#passing) {
        const end = indexAfter(this.#passing, all, at);
        // Two characters are kept: the terminator itself may come in two.
        const passed = end ?? Math.max(at, all.length - 2);
        this.#line += countLines(all, at, passed);
        at = passed;
        if (end === undefined) break;
        this.#passing = undefined;
        continue;
      }
      const { kind, end, terminator } = pieceAt(all, at);
      if (end === undefined && all.length - at <= longest) break;
      if (end === undefined) this.#passing = terminator;
      const piece = all.slice(at, end);
      found.push({ kind, text: piece, line: this.#line });
      this.#line += countLines(piece);
      at += piece.length;
    }
    this.#rest = all.slice(at);
    return found;
  }
}

function pieceAt(text: string, at: number): Piece {
  if (text[at] !== '<') {
    const next = text.indexOf('<', at);
    return { kind: 'text', end: next === -1 ? text.length : next, terminator: endOfTag };
  }
  for (const { kind, start, terminator } of delimited) {
    if (text.startsWith(start, at)) return { kind, end: indexAfter(terminator, text, at + start.length), terminator };
    if (text.length - at < start.length && start.startsWith(text.slice(at)))
      return { kind, end: undefined, terminator };
  }
  const end = tagEnd(text, at);
  return { kind: end === undefined ? 'broken' : kindOfTag(text, at, end), end, terminator: endOfTag };
}

/** Just after a tag's `>`, or before the `<` that interrupts it: XML allows that nowhere in a tag, even in quotes. */
function tagEnd(text: string, at: number): number | undefined {
  const stop = indexAfter(insideTag, text, at + 1) ?? at + 1;
  if (text[stop] === '>') return stop + 1;
  const interruption = text.indexOf('<', stop);
  return interruption === -1 ? undefined : interruption;
}

function kindOfTag(text: string, at: number, end: number): Markup['kind'] {
  const closing = text[at + 1] === '/';
  if (text[end - 1] !== '>' || !startOfName.test(text[closing ? at + 2 : at + 1] ?? '')) return 'broken';
  if (closing) return 'end';
  return text[end - 2] === '/' ? 'empty' : 'start';
}

function indexAfter(terminator: RegExp, text: string, from: number): number | undefined {
  terminator.lastIndex = from;
  return terminator.test(text) ? terminator.lastIndex : undefined;
}
