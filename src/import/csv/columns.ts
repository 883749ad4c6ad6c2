import { FileRefused } from '../refusals.ts';

/** Which field stands in which column; undefined where it is not read. */
export type Columns<Field extends string> = readonly (Field | undefined)[];

/** A column's name as it is compared: letters and digits, in small letters. */
export function plainName(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Finds the field for a column's name by a table of `field: 'names that stand for it'`, as plainName gives them. */
export function fieldFinder<Field extends string>(
  names: Readonly<Record<Field, string>>,
): (plain: string) => Field | undefined {
  const fields = new Map(
    Object.entries<string>(names).flatMap(([field, list]) =>
      list.split(' ').map((name) => [name, field as Field] as const),
    ),
  );
  return (plain) => fields.get(plain);
}

/**
 * Sees to it that no two columns give the same field.
 * @param repeatable fields that may stand in several
 * @throws FileRefused
 */
export function refuseRepeated<Field extends string>(
  columns: Columns<Field>,
  line: number,
  repeatable: readonly Field[] = [],
): void {
  columns.forEach((field, column) => {
    const first = columns.indexOf(field);
    if (field !== undefined && first !== column && !repeatable.includes(field))
      throw new FileRefused(
        line,
        `Columns ${first + 1} and ${column + 1} both give the ${field}: take one of them out.`,
      );
  });
}
