import { quoted } from '../plain-text.ts';
import { RowRefused } from '../refusals.ts';

/** Namespace names by prefix; the default one under the empty prefix. */
export type Namespaces = ReadonlyMap<string, string>;

export const noNamespaces: Namespaces = new Map([['xml', 'http://www.w3.org/XML/1998/namespace']]);

/** The namespaces that count within an element: those around it and those that its attributes declare. */
export function withDeclared(around: Namespaces, attributes: Iterable<readonly [string, string]>): Namespaces {
  const declared = [...attributes].flatMap(([name, value]): [string, string][] => {
    if (name === 'xmlns') return [['', value.trim()]];
    return name.startsWith('xmlns:') ? [[name.slice('xmlns:'.length), value.trim()]] : [];
  });
  return declared.length === 0 ? around : new Map([...around, ...declared]);
}

/** @throws RowRefused if the prefix of a name is not declared */
export function resolveName(
  qualified: string,
  namespaces: Namespaces,
): { readonly name: string; readonly namespace: string } {
  const colon = qualified.indexOf(':');
  const prefix = colon === -1 ? '' : qualified.slice(0, colon);
  const namespace = namespaces.get(prefix);
  if (namespace === undefined && prefix !== '')
    throw new RowRefused(`Not well-formed XML: the prefix ${quoted(prefix)} is not declared.`);
  return { name: qualified.slice(colon + 1), namespace: namespace ?? '' };
}
