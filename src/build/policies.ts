import type { Config } from '../config/schema.ts';
import { readTemplate } from '../packet/directory-template.ts';
import { encodeAttribute } from '../packet/encode-attribute.ts';
import { Type } from '../packet/constants.ts';
import { attributeNumber } from '../packet/dictionary.ts';
import { vendorAttributes } from '../packet/vendor-specific.ts';
import { foldGroup } from '../policy/fold-group.ts';
import type { AttributeKey, AttributeValue, Given, Policy } from '../policy/policy.ts';
import { foldUserName, type FoldedName } from '../policy/user-name.ts';

const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** The rules of radius.conf, in its order. */
export function policiesOf({ policy: policies }: Pick<Config, 'policy'>): Policy[] {
  return policies.map((one) => ({
    name: one.name,
    timeZone: one.time_zone,
    conditions: {
      client: one.client,
      primary: one.primary,
      user: one.user && folded(one.user),
      notUser: one.not_user && folded(one.not_user),
      group: one.group?.map(foldGroup),
      notGroup: one.not_group?.map(foldGroup),
      network: one.network,
      notNetwork: one.not_network,
      protocol: one.protocol,
      attribute: one.attribute?.map(attributeOf),
      enrolled: one.enrolled,
      days: one.days?.map((day) => weekdays.indexOf(day)),
      hours: one.hours,
      from: one.from,
      until: one.until,
      percent: one.percent,
    },
    decision: one.decision,
    ways: one.methods,
    unenrolled: one.unenrolled,
    unenrolledUntil: one.unenrolled_until,
    opensOnOutage: one.on_outage === 'allow',
    text: one.text,
    returns: {
      replaced: (one.reply ?? []).map(givenOf),
      byGroup: (one.reply_by_group ?? []).map(({ group, value }) => ({
        group: foldGroup(group),
        given: givenOf(value),
      })),
      added: (one.reply_add ?? []).map(givenOf),
      removed: (one.reply_remove ?? []).flatMap(keyOf),
    },
  }));
}

function folded(names: readonly string[]): FoldedName[] {
  return names.map(foldUserName).filter((name) => name !== undefined);
}

function givenOf(text: string): Given {
  const at = text.indexOf('=');
  return readTemplate(text.slice(0, at).trim(), text.slice(at + 1).trim()) ?? attributeOf(text);
}

function attributeOf(text: string): AttributeValue {
  const at = text.indexOf('=');
  const { type, value } = encodeAttribute(text.slice(0, at).trim(), text.slice(at + 1).trim());
  const [inner] = type === Type.vendorSpecific ? (vendorAttributes(value) ?? []) : [];
  return inner ?? { vendor: 0, type, value };
}

function keyOf(name: string): AttributeKey[] {
  const number = attributeNumber(name.trim());
  return number ? [{ vendor: number.vendor ?? 0, type: number.type }] : [];
}
