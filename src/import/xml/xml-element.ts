/** An element, with its namespace resolved. */
export interface XmlElement {
  /** Local name. */
  readonly name: string;
  /** Of another format: an extension. */
  readonly foreign: boolean;
  /** Without a prefix only, by their names in small letters: the drafts of PSKC differ in the case. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

/** The children by these names that are no extensions. */
export function children(element: XmlElement | undefined, ...names: readonly string[]): readonly XmlElement[] {
  return element?.children.filter(({ name, foreign }) => !foreign && names.includes(name)) ?? [];
}

/** The first of them. */
export function child(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
  return children(element, ...names)[0];
}

/** Its text without surrounding blanks; undefined if there is no such child. */
export function childText(element: XmlElement | undefined, ...names: readonly string[]): string | undefined {
  return child(element, ...names)?.text.trim();
}

/** The value of the first of these attributes that it has; names in small letters. */
export function attribute(
  element: Pick<XmlElement, 'attributes'> | undefined,
  ...names: readonly string[]
): string | undefined {
  return names.map((name) => element?.attributes.get(name)).find((value) => value !== undefined);
}
