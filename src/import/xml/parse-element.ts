import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { RowRefused } from '../refusals.ts';
import { type Namespaces, noNamespaces, resolveName, withDeclared } from './namespaces.ts';
import { resolveReferences } from './resolve-references.ts';
import type { XmlElement } from './xml-element.ts';

/** Elements within elements: PSKC has eight. */
const deepest = 32;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  cdataPropName: '#cdata',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  processEntities: false,
  maxNestedTags: deepest,
});

/** What the parser gives: an element as `{ name: [nodes], ':@': attributes }`, a text as `{ '#text': text }`. */
interface Node {
  readonly '#text'?: string;
  readonly '#cdata'?: readonly Node[];
  readonly ':@'?: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}

/**
 * One element with all it holds.
 * @param text nothing but the element
 * @param around the namespaces declared around it
 * @param isOwn tells the namespaces of the format from those of extensions
 * @throws RowRefused if it is not well-formed
 */
export function parseElement(text: string, around: Namespaces, isOwn: (namespace: string) => boolean): XmlElement {
  return elementOf(parse(text), around, isOwn);
}

/**
 * The start tag of a document's root.
 * @throws RowRefused if it is not well-formed
 */
export function parseRoot(startTag: string): Root {
  const node = parse(startTag.replace(/\/?>$/, '/>'));
  const namespaces = withDeclared(noNamespaces, attributesOf(node));
  return { ...resolveName(nameOf(node), namespaces), namespaces, attributes: unprefixed(attributesOf(node)) };
}

export interface Root {
  /** Local name. */
  readonly name: string;
  readonly namespace: string;
  /** Those that count within it. */
  readonly namespaces: Namespaces;
  readonly attributes: XmlElement['attributes'];
}

function parse(text: string): Node {
  const valid = XMLValidator.validate(text);
  if (valid !== true) throw malformed(valid.err.line - 1);
  try {
    const [node] = parser.parse(text) as readonly Node[];
    if (node) return node;
  } catch {
    // Nested too deep, or a name that could reach a prototype.
  }
  throw malformed();
}

function elementOf(node: Node, around: Namespaces, isOwn: (namespace: string) => boolean): XmlElement {
  const qualified = nameOf(node);
  const attributes = attributesOf(node);
  const namespaces = withDeclared(around, attributes);
  const { name, namespace } = resolveName(qualified, namespaces);
  const nodes = node[qualified] as readonly Node[];
  return {
    name,
    foreign: !isOwn(namespace),
    attributes: unprefixed(attributes),
    children: nodes.filter(isElement).map((inner) => elementOf(inner, namespaces, isOwn)),
    text: nodes.map(textOf).join(''),
  };
}

function nameOf(node: Node): string {
  return Object.keys(node).find((name) => name !== ':@') ?? '';
}

function attributesOf(node: Node): [string, string][] {
  return Object.entries(node[':@'] ?? {}).map(([name, value]) => [name, resolveReferences(value)]);
}

function unprefixed(attributes: readonly [string, string][]): XmlElement['attributes'] {
  return new Map(
    attributes.filter(([name]) => !name.includes(':')).map(([name, value]) => [name.toLowerCase(), value]),
  );
}

function isElement(node: Node): boolean {
  return node['#text'] === undefined && node['#cdata'] === undefined;
}

function textOf(node: Node): string {
  const cdata = node['#cdata']?.map((inner) => inner['#text'] ?? '') ?? [];
  return resolveReferences(node['#text'] ?? '') + cdata.join('');
}

/** @param below lines below the element's first one */
function malformed(below = 0): RowRefused {
  return new RowRefused('Not well-formed XML: a tag, an attribute or its quotes are damaged.', Math.max(0, below));
}
