/** Puts values in the places of a template: `{code}`. A name that has no value stays as it is. */
export function fill(
  template: string,
  values: Readonly<Record<string, string>>,
  shown = (text: string) => text,
): string {
  return template.replaceAll(/\{([a-z_]+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? shown(values[name] ?? '') : place,
  );
}

/** The names in a template, each once. */
export function placesIn(template: string): string[] {
  return [...new Set(Array.from(template.matchAll(/\{([a-z_]+)\}/g), ([, name = '']) => name))];
}
