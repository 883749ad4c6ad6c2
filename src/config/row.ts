import type { z } from 'zod';

/** A value as TOML writes it, of the kinds that the options use. */
export type Toml = string | number | boolean | readonly (string | number)[];

/** A kind of value: how it is written, how it is checked, what it becomes in the Config. */
export interface ValueType<T> {
  /** How it is written, for the reference: `duration, "30s" to "900s"`. */
  readonly notation: string;
  /** Its messages are predicates that follow the key: `must be a whole number from 1 to 10`. They never quote the value. */
  readonly schema: z.ZodType<T>;
  /** Set if it is a secret: then `x_file`, `x_env` and `x_credential` are keys too, and `weakBelow` octets (or more) are wanted. */
  readonly secret?: { readonly weakBelow: number };
  /** What a relative path is relative to. @param dir absolute: where the config file is */
  resolve?(value: T, dir: string): T;
}

/**
 * One option. Validation, the types of Config, radius.conf.example and docs/configuration.md all come from its row.
 * At most one of `default`, `required` and `derived` is set; with none of them the option may be absent from the Config.
 */
export interface Row<T = unknown> {
  readonly type: ValueType<T>;
  /** One line: why one would set it. */
  readonly doc: string;
  /** As it would be written in the file. */
  readonly default?: Toml;
  readonly required?: true;
  /** What it is when left out, in words: derive.ts fills it in from the other options. */
  readonly derived?: string;
  /** What radius.conf.example shows where there is no default; for a secret, the name of its file. */
  readonly example?: Toml;
}

export type Rows = Readonly<Record<string, Row>>;

/** A section of the file: `[name]`, or `[[name]]` any number of times if `many`. */
export interface Section {
  readonly doc: string;
  readonly many: boolean;
  /** Why a config without a single one of it makes no sense; only for `many`. */
  readonly needed?: string;
  /** Most configs have none of it: radius.conf.example shows it behind "#"; only for `many`. */
  readonly optional?: true;
  readonly rows: Rows;
  /** Further options that depend on the option `type`, by its values. */
  readonly variants?: Readonly<Record<string, Rows>>;
}

type Simplify<T> = { [K in keyof T]: T[K] };
type ValueOf<R> = R extends { readonly type: ValueType<infer T> } ? T : never;
type Sure = { readonly default: Toml } | { readonly required: true } | { readonly derived: string };

/** What a set of rows becomes in the Config. */
export type Values<R> = Simplify<
  { readonly [K in keyof R as R[K] extends Sure ? K : never]: ValueOf<R[K]> } & {
    readonly [K in keyof R as R[K] extends Sure ? never : K]?: ValueOf<R[K]> | undefined;
  }
>;

/** What one section becomes in the Config: with variants, a union that `type` tells apart. */
export type SectionValues<S extends Section> = S extends { readonly variants: infer V }
  ? { [N in keyof V]: Simplify<Omit<Values<S['rows']>, 'type'> & { readonly type: N } & Values<V[N]>> }[keyof V]
  : Values<S['rows']>;

/** The options among the rows that have a default. */
export type Defaults<R> = {
  readonly [K in keyof R as R[K] extends { readonly default: Toml } ? K : never]: ValueOf<R[K]>;
};
