// npm radius parses the files. Types, flags and values it gives only through _attr_to: private, but 1.1.4 is its last release, and a second parser could disagree.
import { fileURLToPath } from 'node:url';
import radius from 'radius';

/** What the dictionaries say of an attribute. */
export interface Definition {
  readonly name: string;
  readonly type: number;
  /** Its vendor's private enterprise number; undefined in the space of RFC 2865. */
  readonly vendor: number | undefined;
  /** The word of the dictionary: string, octets, integer, ipaddr and so on. */
  readonly format: string;
  /** Whether an octet before the value groups attributes: RFC 2868 §3. */
  readonly tagged: boolean;
  /** Whether the value is encrypted for one hop: RFC 2865 §5.2, RFC 2548 §2.4, RFC 2868 §3.5. */
  readonly encrypted: boolean;
  /** Whether the value must not be shown; true of everything encrypted. */
  readonly secret: boolean;
  /** Names of values by their number. */
  readonly values: ReadonlyMap<number, string>;
}

/** From dist/src/packet to the package's root. */
const root = fileURLToPath(new URL('../../../dictionaries/dictionary', import.meta.url));
/** As the VENDOR lines name them. */
const vendorNames = [
  'ADSL-Forum',
  'CheckPoint',
  'Cisco',
  'Cisco-VPN3000',
  'Citrix',
  'F5',
  'Fortinet',
  'Microsoft',
  'Mikrotik',
  'PaloAlto',
  'SonicWall',
];

interface Dictionary {
  readonly spaces: ReadonlyMap<number | undefined, ReadonlyMap<number, Definition>>;
  /** By name in lower case. */
  readonly names: ReadonlyMap<string, Definition>;
}

let loaded: Dictionary | undefined;

/** Copies it all: npm radius keeps one map for the whole process and adds its own files to it at its first packet. */
function dictionary(): Dictionary {
  if (loaded) return loaded;
  radius.load_dictionary(root);
  const spaces = new Map<number | undefined, Map<number, Definition>>();
  const names = new Map<string, Definition>();
  for (const vendor of [undefined, ...vendorNames.map((name) => Number(radius.vendor_name_to_id(name)))]) {
    const space = new Map<number, Definition>();
    for (let type = 1; type <= 255; type++) {
      const found = definitionOf(type, vendor);
      if (!found) continue;
      space.set(type, found);
      names.set(found.name.toLowerCase(), found);
    }
    spaces.set(vendor, space);
  }
  loaded = { spaces, names };
  return loaded;
}

function definitionOf(type: number, vendor: number | undefined): Definition | undefined {
  const name = radius.attr_id_to_name(type, vendor);
  if (name === undefined) return undefined;
  const flags = Object.keys(radius._attr_to(type, vendor, 5) ?? {});
  const encrypted = flags.some((flag) => flag.startsWith('encrypt='));
  const values = Object.entries(radius._attr_to(type, vendor, 3) ?? {});
  return {
    name,
    type,
    vendor,
    format: radius._attr_to(type, vendor, 2) ?? 'octets',
    tagged: flags.includes('has_tag'),
    encrypted,
    secret: encrypted || flags.includes('secret'),
    values: new Map(values.map(([number, value]) => [Number(number), value])),
  };
}

/** What the dictionaries say of this attribute; undefined if they don't name it. */
export function attributeDefinition(type: number, vendor?: number): Definition | undefined {
  return dictionary().spaces.get(vendor)?.get(type);
}

/** Whether there is a dictionary of this vendor. */
export function isKnownVendor(vendor: number): boolean {
  return dictionary().spaces.has(vendor);
}

/** Its name, such as 'User-Name' or 'MS-CHAP-Error'; 'Attr-213' or 'Attr-9-254' if the dictionaries have none. */
export function attributeName(type: number, vendor?: number): string {
  const unnamed = vendor === undefined ? `Attr-${type}` : `Attr-${vendor}-${type}`;
  return attributeDefinition(type, vendor)?.name ?? unnamed;
}

/** The attribute of this name, in any case, or in the form 'Attr-213' or 'Attr-9-254'; undefined if there is none. */
export function attributeNumber(name: string): { type: number; vendor?: number } | undefined {
  const found = dictionary().names.get(name.toLowerCase());
  if (found) return attribute(found.type, found.vendor);
  const [, vendor, type] = /^attr-(?:(\d{1,10})-)?(\d{1,3})$/i.exec(name) ?? [];
  if (type === undefined || Number(type) < 1 || Number(type) > 255 || Number(vendor ?? 0) > 0xffffffff)
    return undefined;
  return attribute(Number(type), vendor === undefined ? undefined : Number(vendor));
}

function attribute(type: number, vendor: number | undefined): { type: number; vendor?: number } {
  return vendor === undefined ? { type } : { type, vendor };
}
