import { dateTime } from '../date-time.ts';
import { quoted } from '../plain-text.ts';
import { RowRefused } from '../refusals.ts';
import { attribute, child, children, childText, type XmlElement } from '../xml/xml-element.ts';

const known = ['StartDate', 'ExpiryDate', 'PINPolicy', 'KeyUsage', 'NumberOfTransactions'];
/** What the Usage element of the drafts can allow. */
const draftUsages = ['otp', 'cr', 'integrity', 'encrypt', 'unlock'];

/** What a key's Policy (RFC 6030 §5) asks of whoever uses it, and radgate will not see to. */
export function policyNotes(key: XmlElement): readonly string[] {
  const policy = child(key, 'Policy');
  const notes: string[] = [];
  const usages = [...children(policy, 'KeyUsage').map(({ text }) => text.trim().toUpperCase()), ...usagesOfDraft(key)];
  if (usages.length > 0 && !usages.includes('OTP'))
    notes.push(`Its policy does not allow it for one-time passwords, but for ${usages.map(quoted).join(', ')}.`);
  if (child(policy, 'PINPolicy'))
    notes.push('Its policy asks for a PIN, which is not imported: set one if you want it.');
  const most = childText(policy, 'NumberOfTransactions');
  if (most !== undefined) notes.push(`Its policy allows ${quoted(most)} uses, which are not counted.`);
  const unknown = policy?.children.filter(({ name, foreign }) => foreign || !known.includes(name)) ?? [];
  if (unknown.length > 0)
    notes.push(`Its policy has what radgate does not know: ${unknown.map(({ name }) => quoted(name)).join(', ')}.`);
  return notes;
}

function usagesOfDraft(key: XmlElement): string[] {
  const usage = child(key, 'Usage');
  return draftUsages.filter((name) => attribute(usage, name) === 'true').map((name) => name.toUpperCase());
}

/**
 * When a token is valid, by its device, its key's policy and (drafts) its key: the latest start and the earliest end.
 * @returns milliseconds since 1970 UTC
 * @throws RowRefused if a date is none
 */
export function validity(...elements: readonly (XmlElement | undefined)[]): {
  from: number | null;
  until: number | null;
} {
  const starts = elements.flatMap((element) => date(element, 'start', 'StartDate'));
  const ends = elements.flatMap((element) => date(element, 'end', 'ExpiryDate', 'Expiry'));
  return {
    from: starts.length === 0 ? null : Math.max(...starts),
    until: ends.length === 0 ? null : Math.min(...ends),
  };
}

function date(element: XmlElement | undefined, edge: 'start' | 'end', ...names: readonly string[]): number[] {
  const text = childText(element, ...names);
  if (text === undefined || text === '') return [];
  const at = dateTime(text, edge);
  if (at === undefined)
    throw new RowRefused(`The ${names[0]} ${quoted(text)} is not a date: write 2026-12-31 or 2026-12-31T00:00:00Z.`);
  return [at];
}
