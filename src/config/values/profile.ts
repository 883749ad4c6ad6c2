import { deviceAttributes, type DeviceAttribute } from '../../nas/device-attribute.ts';
import { profiles, type ProfileName } from '../../nas/profiles/profiles.ts';
import type { ValueType } from '../row.ts';
import { choice } from './choice.ts';

/** One of the profiles of devices. */
export const profileName: ValueType<ProfileName> = choice(...namesOf<ProfileName>(profiles));

/** An attribute that tells devices apart, or `"none"`. */
export const deviceAttributeName: ValueType<DeviceAttribute> = choice(
  ...namesOf<keyof typeof deviceAttributes>(deviceAttributes),
  'none',
);

function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): [Name, ...Name[]] {
  return Object.keys(table) as [Name, ...Name[]];
}
