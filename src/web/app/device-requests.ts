import type { Context, Hono } from 'hono';
import * as z from 'zod';
import type { DevicePress } from '../../approval/decisions.ts';
import type { Clock } from '../../clock.ts';
import { choicesRandom } from '../../device/choices.ts';
import type { DecideByDeviceOutput } from '../../device/decide-by-device.ts';
import { issueNonce, nonceRandom, nonceSize } from '../../device/device-nonces.ts';
import { longestDeviceName } from '../../device/devices.ts';
import { listWaiting, mostWaiting } from '../../device/list-waiting.ts';
import { keySize, signatureSize } from '../../device/signature.ts';
import type { EnrolmentSteps } from '../../enrol/steps.ts';
import { plainText } from '../../import/plain-text.ts';
import type { RepeatedLines } from '../../observe/repeated-lines.ts';
import { maxEndpointLength, pushEndpoint } from '../../push/push-endpoint.ts';
import { subscribeDevice } from '../../push/subscribe-device.ts';
import { randomOctets } from '../../random.ts';
import type { Store } from '../../store/store.ts';

export interface DeviceRequestsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly steps: EnrolmentSteps;
  /** Of all clients. */
  readonly applications: readonly string[];
  readonly decide: (press: DevicePress) => Promise<DecideByDeviceOutput>;
  /** Undefined if phones are not told by their push services. */
  readonly push: { readonly key: () => Promise<string>; readonly hosts: readonly string[] } | undefined;
  /** Who asks, for the audit. */
  readonly addressOf: (c: Context) => string;
  readonly lines: Pick<RepeatedLines, 'warn'>;
}

/** Octets in base64url without padding, in the one way to write them. */
const octets = (size: number) =>
  z
    .string()
    .max(4 * size)
    .transform((text) => ({ text, value: Buffer.from(text, 'base64url') }))
    .refine(({ text, value }) => value.length === size && value.toString('base64url') === text)
    .transform(({ value }) => value);
const id = z.string().regex(/^[0-9a-f]{32}$/);
const signed = { device: id, nonce: octets(nonceSize), signature: octets(signatureSize) };
const bodies = {
  nonce: z.strictObject({ device: id }),
  list: z.strictObject(signed),
  decide: z.strictObject({
    ...signed,
    approval: id,
    decision: z.enum(['approve', 'decline', 'fraud']),
    number: z.union([
      z.literal('').transform(() => null),
      z
        .string()
        .regex(/^[1-9]\d$/)
        .transform(Number),
    ]),
    application: z.string().max(1_000),
  }),
  subscribe: z.strictObject({
    ...signed,
    endpoint: z.string().max(maxEndpointLength),
    p256dh: octets(65),
    auth: octets(16),
  }),
  enrol: z.strictObject({
    token: octets(16),
    key: octets(keySize),
    name: z.string().min(1).max(longestDeviceName).refine(isPlain),
    signature: octets(signatureSize),
  }),
};

/** What is signed is what is kept: a name that would have to be put right is none. */
function isPlain(name: string): boolean {
  try {
    return plainText(name, 'name') === name;
  } catch {
    return false;
  }
}

/** What the page on phones asks, in JSON: each but the first is signed by the phone's key. Nothing else proves who asks. */
export function deviceRequests(app: Hono, options: DeviceRequestsOptions): void {
  const { store, clock, steps, applications, decide, push, addressOf, lines } = options;

  app.post('/app/nonce', async (c) => {
    const body = await bodyOf(c, bodies.nonce);
    if (!body) return c.json({ kind: 'malformed' }, 400);
    const nonce = await store.run(issueNonce, { ...body, random: randomOctets(nonceRandom), now: clock.wall() });
    return c.json(nonce ? { kind: 'nonce', nonce: nonce.toString('base64url') } : { kind: 'unknown-device' });
  });

  app.post('/app/list', async (c) => {
    const body = await bodyOf(c, bodies.list);
    if (!body) return c.json({ kind: 'malformed' }, 400);
    const next = randomOctets(nonceRandom);
    const random = Array.from({ length: mostWaiting }, () => randomOctets(choicesRandom));
    const listed = await store.run(listWaiting, { ...body, now: clock.wall(), next, applications, random });
    return c.json(listed.kind === 'waiting' ? { ...listed, nonce: listed.nonce.toString('base64url') } : listed);
  });

  app.post('/app/decide', async (c) => {
    const body = await bodyOf(c, bodies.decide);
    if (!body) return c.json({ kind: 'malformed' }, 400);
    const output = await decide({ ...body, by: 'app' });
    const words = [
      'approval: what a phone signed was refused',
      'approval: more that phones signed was refused',
    ] as const;
    const { device: phone } = body;
    if (output.kind === 'refused') lines.warn(`refused ${phone}`, { phone, why: output.kind }, ...words);
    // Anyone can make up the id of a phone that there is not.
    if (output.kind === 'unknown-device') lines.warn(output.kind, { why: output.kind }, ...words);
    if (output.kind === 'approved') return c.json({ kind: 'approved', code: output.code });
    return c.json({ kind: output.kind === 'gone' ? 'over' : output.kind });
  });

  app.get('/app/push-key', async (c) => c.json({ key: push ? await push.key() : null }));

  app.post('/app/subscribe', async (c) => {
    const body = await bodyOf(c, bodies.subscribe);
    if (!body || !push || !pushEndpoint(body.endpoint, push.hosts)) return c.json({ kind: 'malformed' }, 400);
    const { p256dh: publicKey, auth: authSecret, ...about } = body;
    return c.json({ kind: await store.run(subscribeDevice, { ...about, publicKey, authSecret, now: clock.wall() }) });
  });

  app.post('/app/enrol', async (c) => {
    const body = await bodyOf(c, bodies.enrol);
    if (!body) return c.json({ kind: 'malformed' }, 400);
    const { token, key, name, signature } = body;
    const visit = { token, address: addressOf(c) };
    const device = randomOctets(16).toString('hex');
    const output = await steps.enrolDevice(visit, { id: device, point: key, name, signature });
    return c.json(output.kind === 'enrolled' ? { kind: 'enrolled', device } : { kind: output.kind });
  });
}

async function bodyOf<T>(c: Context, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.safeParse(await c.req.json()).data;
  } catch {
    return undefined;
  }
}
