import { formatOf } from './attribute-value.ts';
import { Size, Type } from './constants.ts';
import { attributeDefinition, attributeName, attributeNumber } from './dictionary.ts';
import { encodeAttribute } from './encode-attribute.ts';
import type { Attribute } from './packet.ts';
import { vendorAttributes, vendorSpecific } from './vendor-specific.ts';

/** An attribute whose value holds one that a directory has of the user. */
export interface DirectoryTemplate {
  /** 0 is the space of RFC 2865 itself. */
  readonly vendor: number;
  readonly type: number;
  /** What the directory calls it, in lower case (RFC 4512 §2.5: the case does not matter). */
  readonly attribute: string;
  /** Octets that stand around it; where the RADIUS attribute is a number or an address, its name and what stands before. */
  readonly around:
    { readonly before: Buffer; readonly behind: Buffer } | { readonly name: string; readonly before: string };
}

const place = /\{attribute:([^{}]*)\}/g;
/** RFC 4512 §1.4: a descr. */
const directoryName = /^[a-z][a-z0-9-]{0,62}$/i;
/** What no Accept may carry off: passwords and their hashes. */
const secrets = new Set(
  [
    'userPassword',
    'unicodePwd',
    'dBCSPwd',
    'ntPwdHistory',
    'lmPwdHistory',
    'supplementalCredentials',
    'sambaNTPassword',
    'sambaLMPassword',
    'ms-Mcs-AdmPwd',
    'msLAPS-Password',
    'msLAPS-EncryptedPassword',
    'krbPrincipalKey',
    'ipaNTHash',
  ].map((name) => name.toLowerCase()),
);
/** Stands in for the directory's value while what is around it is encoded. */
const mark = '\uE000';

/**
 * Reads a value such as `{attribute:department}` or `dept-{attribute:department}`.
 * @returns undefined if nothing of a directory is in it
 * @throws Error if the RADIUS attribute can't hold it, or the directory's can't be asked for; its message holds no value
 */
export function readTemplate(name: string, value: string): DirectoryTemplate | undefined {
  const [found, second] = [...value.matchAll(place)];
  if (!found) return undefined;
  if (second) throw new Error('a value takes one {attribute:NAME}');
  const [whole, attribute = ''] = found;
  if (!directoryName.test(attribute))
    throw new Error('{attribute:NAME} takes the name of an attribute of the directory');
  if (secrets.has(attribute.toLowerCase())) throw new Error(`"${attribute}" of a directory is a secret`);
  const number = attributeNumber(name);
  if (!number) throw new Error(`unknown attribute "${name}"`);
  const { type, vendor = 0 } = number;
  const own = { vendor, type, attribute: attribute.toLowerCase() };
  const [before, behind] = [value.slice(0, found.index), value.slice(found.index + whole.length)];
  const definition = attributeDefinition(type, number.vendor);
  if (formatOf(definition).parse(mark) === undefined) {
    const isPlain = behind === '' && (before === '' || (definition?.tagged && /^:\d{1,2}:$/.test(before)));
    if (isPlain) return { ...own, around: { name, before } };
    throw new Error(`${attributeName(type, number.vendor)} takes {attribute:NAME} alone`);
  }
  const { value: octets } = unwrapped(encodeAttribute(name, before + mark + behind));
  const at = octets.indexOf(mark);
  return { ...own, around: { before: octets.subarray(0, at), behind: octets.subarray(at + Buffer.byteLength(mark)) } };
}

/** Whether anything of a directory stands in a value. */
export function isTemplate(value: string): boolean {
  return value.search(place) >= 0;
}

/**
 * The attribute, unwrapped, with the directory's octets in their place.
 * @returns undefined if it is empty, longer than an attribute holds (253 octets, 247 of a vendor's), or nothing that the attribute takes
 */
export function fillTemplate(
  { vendor, type, around }: DirectoryTemplate,
  octets: Buffer,
): { readonly vendor: number; readonly type: number; readonly value: Buffer } | undefined {
  if (octets.length === 0) return undefined;
  if ('name' in around) {
    try {
      return unwrapped(encodeAttribute(around.name, around.before + octets.toString('utf8')));
    } catch {
      return undefined;
    }
  }
  const value = Buffer.concat([around.before, octets, around.behind]);
  const room =
    vendor === 0 ? Size.value : Size.value - vendorSpecific({ vendor, type, value: Buffer.alloc(0) }).value.length;
  return value.length > room ? undefined : { vendor, type, value };
}

function unwrapped({ type, value }: Attribute): {
  readonly vendor: number;
  readonly type: number;
  readonly value: Buffer;
} {
  const [inner] = type === Type.vendorSpecific ? (vendorAttributes(value) ?? []) : [];
  return inner ?? { vendor: 0, type, value };
}
