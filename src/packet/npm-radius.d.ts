/** What radgate uses of npm radius 1.1.4, which ships no types. `vendor` is undefined for the space of RFC 2865. */
declare module 'radius' {
  const radius: {
    /** Reads a dictionary file and those that it includes, on top of what was read before. @throws Error if one can't be read */
    load_dictionary(file: string): void;
    vendor_name_to_id(name: string): string | undefined;
    attr_id_to_name(type: number, vendor: number | undefined): string | undefined;
    /** Field 2: the type's name. */
    _attr_to(type: number, vendor: number | undefined, field: 2): string | null | undefined;
    /** Field 3: the names of values by their number. */
    _attr_to(type: number, vendor: number | undefined, field: 3): Readonly<Record<string, string>> | undefined;
    /** Field 5: the flags. */
    _attr_to(type: number, vendor: number | undefined, field: 5): Readonly<Record<string, true>> | undefined;
  };
  export default radius;
}
