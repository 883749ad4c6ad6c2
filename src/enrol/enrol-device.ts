import { maxDevices } from '../device/devices.ts';
import { deviceKeyOf, isSignature, signedOctets } from '../device/signature.ts';
import { firstFree } from '../store/first-free.ts';
import { text } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';
import {
  auditStep,
  deviceLinkDigest,
  holdByDeviceLink,
  holdEnrolment,
  type Gone,
  type HasFactor,
  type Step,
} from './enrolment.ts';

/** How long the address is good by which a phone is set up, in milliseconds. */
const lifetime = 15 * 60_000;

export interface BeginEnrolDevice extends Step {
  /** 16 random octets, of the address. */
  readonly device: Buffer;
}

/** Makes an address, good once, by which a phone is set up to decide on; one that was shown before is good no more. */
export const beginEnrolDevice: Transaction<BeginEnrolDevice, { readonly kind: 'begun' | 'done' } | Gone | HasFactor> = {
  name: 'begin-enrol-device',
  access: 'write',
  run: async (context, step) => {
    const enrolment = await holdEnrolment(context, step);
    if ('kind' in enrolment) return enrolment;
    if (enrolment.deviceId !== null) return { kind: 'done' };
    await context.sql.run(
      'UPDATE enrolments SET device_digest = ?, device_until = ? WHERE digest = ?',
      deviceLinkDigest(context, step.device),
      Math.min(step.now + lifetime, enrolment.expires),
      enrolment.digest,
    );
    await auditStep(context, step, enrolment, { method: 'approval', result: 'change', reason: 'enrol-device-begun' });
    return { kind: 'begun' };
  },
};

/** A phone that sets itself up; `token` is that of the address it was given. */
export interface EnrolDevice extends Step {
  /** Random, of the new device. */
  readonly id: string;
  /** Its public key, as deviceKeyOf takes it. */
  readonly point: Buffer;
  /** What its user calls it. */
  readonly name: string;
  /** By the key, over the token, the key and the name. */
  readonly signature: Buffer;
}

/** `refused`: the key is none, or has not signed. `too-many`: the user has the most that there can be. */
export type DeviceEnrolled =
  | { readonly kind: 'enrolled'; readonly userName: string }
  | { readonly kind: 'refused' | 'too-many' }
  | Gone
  | HasFactor;

/** Notes the public key of a phone that proves it has the private one, once. Where the link replaces what there was, the user's other phones go. */
export const enrolDevice: Transaction<EnrolDevice, DeviceEnrolled> = {
  name: 'enrol-device',
  access: 'write',
  run: async (context, step) => {
    const { sql } = context;
    const { id, point, name, signature, token, now } = step;
    const enrolment = await holdByDeviceLink(context, step);
    if ('kind' in enrolment) return enrolment;
    const { user, existing, digest, deviceUntil } = enrolment;
    if (deviceUntil === null || deviceUntil <= now) return { kind: 'gone', why: 'expired' };
    const key = deviceKeyOf(point);
    const signed = signedOctets('enrolment', [token.toString('base64url'), point.toString('base64url'), name]);
    if (!key || !isSignature(key, signed, signature)) return { kind: 'refused' };
    // Another link of the same user waits here, so that there are never more than the most.
    await sql.run('UPDATE users SET name = name WHERE id = ?', user.id);
    const replaced = existing === 'replace' ? await sql.run('DELETE FROM devices WHERE user_id = ?', user.id) : 0;
    const others = await sql.all('SELECT name FROM devices WHERE user_id = ?', user.id);
    if (others.length >= maxDevices) return { kind: 'too-many' };
    const own = firstFree(new Set(others.map((row) => text(row, 'name'))), name, ' ');
    await sql.run(
      'INSERT INTO devices (id, user_id, name, public_key, created_at) VALUES (?, ?, ?, ?, ?)',
      id,
      user.id,
      own,
      point,
      now,
    );
    await sql.run(
      'UPDATE enrolments SET device_digest = NULL, device_until = NULL, device_id = ? WHERE digest = ?',
      id,
      digest,
    );
    const reason = `enrol-device-confirmed: ${own}${replaced > 0 ? `, ${replaced} phone(s) replaced` : ''}`;
    await auditStep(context, step, enrolment, { method: 'approval', result: 'change', reason });
    return { kind: 'enrolled', userName: user.name };
  },
};
