import { countLines } from '../count-lines.ts';
import { quoted, shortened } from '../plain-text.ts';
import { FileRefused } from '../refusals.ts';
import { checkDeclaration } from './check-declaration.ts';
import { MarkupReader, type Markup } from './markup-reader.ts';

/** The longest child of the root, in characters. */
const longest = 64 * 1024;

/** What stands directly in an XML document's root, in its order. */
export type Section =
  /** The root's start tag. */
  | { readonly kind: 'root'; readonly line: number; readonly text: string }
  /** A child of the root, as text: whether it is well-formed within is not looked at. */
  | { readonly kind: 'child'; readonly line: number; readonly name: string; readonly text: string }
  /** What should have been a child, and why it is none. */
  | { readonly kind: 'broken'; readonly line: number; readonly message: string };

/** A child whose end has not come. */
interface Open {
  readonly name: string;
  readonly line: number;
  text: string;
}

/**
 * Cuts an XML document at the children of its root, so that each can be parsed alone and a damaged one spoils no other. At most one
 * child is in memory. A child ends at the end tag of its name, or before a start tag of its name: none holds another of its own kind.
 * There are no document type declarations, so no entities but XML's own five, and no processing instructions.
 */
export class SectionScanner {
  readonly #reader = new MarkupReader();
  #where: 'start' | 'prolog' | 'inside' | 'after' = 'start';
  #root = '';
  #open: Open | undefined;
  /** Whether stray text was told since the last tag. */
  #told = false;

  /** The line up to which it has come, from 1. */
  get line(): number {
    return this.#reader.line;
  }

  /** @throws FileRefused if it is no XML, or has such declarations */
  *push(text: string): Generator<Section, void, undefined> {
    for (const markup of this.#reader.push(text)) {
      const sections = this.#take(markup);
      if (sections.length > 0) yield* sections;
    }
  }

  /** @throws FileRefused if the document is not at its end */
  *end(): Generator<Section, void, undefined> {
    const { line, unfinished } = this.#reader;
    if (this.#where === 'start' || this.#where === 'prolog') throw notXml(line);
    yield* this.#closeUnfinished();
    if (this.#where === 'inside')
      throw new FileRefused(line, `The file is cut off: the end tag of ${shortened(this.#root)} is missing.`);
    if (unfinished) throw trailing(line);
  }

  #take(markup: Markup): readonly Section[] {
    const { kind, text, line } = markup;
    if (kind === 'doctype') throw new FileRefused(line, 'Document type and entity declarations are refused.');
    if (kind === 'instruction') {
      checkDeclaration(text, line, this.#where === 'start');
      this.#where = 'prolog';
      return [];
    }
    if (this.#where === 'inside') return this.#inside(markup);
    if (kind === 'comment' || (kind === 'text' && text.trim() === '')) return [];
    if (this.#where === 'after') throw trailing(line);
    if (kind !== 'start' && kind !== 'empty') throw notXml(line);
    this.#root = nameOf(text);
    this.#where = kind === 'empty' ? 'after' : 'inside';
    return [{ kind: 'root', line, text }];
  }

  #inside(markup: Markup): readonly Section[] {
    const { kind, text, line } = markup;
    const tag = kind === 'start' || kind === 'empty' || kind === 'end';
    const name = tag ? nameOf(text) : undefined;
    if (tag) this.#told = false;
    if (name === this.#root && kind === 'end') {
      this.#where = 'after';
      return this.#closeUnfinished();
    }
    if (this.#open && (name !== this.#open.name || kind === 'end')) {
      // Nothing over the bound is kept, but that it is over it.
      if (this.#open.text.length <= longest) this.#open.text += text;
      return name === this.#open.name ? this.#close(this.#open) : [];
    }
    if (name === undefined || kind === 'end') return this.#stray(markup);
    const unfinished = this.#closeUnfinished();
    this.#open = { name, line, text };
    return kind === 'empty' ? [...unfinished, ...this.#close(this.#open)] : unfinished;
  }

  #close({ name, line, text }: Open): readonly Section[] {
    this.#open = undefined;
    if (text.length <= longest) return [{ kind: 'child', line, name, text }];
    return [{ kind: 'broken', line, message: `This ${shortened(name)} is over ${longest / 1024} KiB.` }];
  }

  #closeUnfinished(): readonly Section[] {
    if (!this.#open) return [];
    const { name, line } = this.#open;
    this.#open = undefined;
    return [{ kind: 'broken', line, message: `This ${shortened(name)} is cut off: its end tag is missing.` }];
  }

  #stray({ kind, text, line }: Markup): readonly Section[] {
    if (this.#told || kind === 'comment' || (kind === 'text' && text.trim() === '')) return [];
    this.#told = true;
    const what = kind === 'end' ? `${quoted(text)} closes nothing` : 'This text is in no element';
    const blank = text.slice(0, text.search(/\S/));
    return [{ kind: 'broken', line: line + countLines(blank), message: `${what}: the file is damaged here.` }];
  }
}

function nameOf(tag: string): string {
  return /^<\/?([^\s/>]+)/.exec(tag)?.[1] ?? '';
}

function notXml(line: number): FileRefused {
  return new FileRefused(line, 'This is not XML: a PSKC file begins with <KeyContainer.');
}

function trailing(line: number): FileRefused {
  return new FileRefused(
    line,
    'There is more after the end of the document: import each document from a file of its own.',
  );
}
