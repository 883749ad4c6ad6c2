import { createECDH, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { DeliveryWorker } from '../../src/deliver/worker.ts';
import { loadPushKey } from '../../src/push/load-push-key.ts';
import { PushChannel } from '../../src/push/push-channel.ts';
import type { Subscription } from '../../src/push/send-push.ts';
import { dropSubscription } from '../../src/push/subscriptions.ts';
import { vapidKeyOf } from '../../src/push/vapid.ts';
import { bootId } from '../../src/store/host-time.ts';
import { keyFacts, reseal } from '../../src/store/rekey.ts';
import type { Settled } from '../../src/store/settle-message.ts';
import { decryptPush } from '../support/decrypt-push.ts';
import { memoryLogger } from '../support/memory-logger.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { addUser } from '../support/scratch-store.ts';
import { drivers } from '../support/store-drivers.ts';
import { execute, push, query, subscribe } from '../support/test-transactions.ts';

/** A browser's end of a subscription. */
interface Browser {
  readonly privateKey: Buffer;
  readonly subscription: Subscription;
}

for (const driver of drivers)
  driver.suite(`push on ${driver.name}`, function () {
    this.timeout(30_000);
    const [store] = nodesOn(driver).nodes;
    let userId: string;
    let service: Server;
    let status = 201;
    const taken: { readonly path: string; readonly body: Buffer }[] = [];

    before(async () => {
      userId = await addUser(store, { names: ['alice'] });
      await addDevices();
      service = createServer((request, response) => {
        const parts: Buffer[] = [];
        request.on('data', (part: Buffer) => parts.push(part));
        request.on('end', () => {
          taken.push({ path: request.url ?? '', body: Buffer.concat(parts) });
          response.writeHead(status).end();
        });
      }).listen(0, '127.0.0.1');
      await once(service, 'listening');
    });
    after(() => void service.close());
    beforeEach(async () => {
      status = 201;
      taken.length = 0;
      for (const table of ['push_subscriptions', 'outbox']) await store.run(execute, { sql: `DELETE FROM ${table}` });
    });

    const addDevices = async (): Promise<void> => {
      for (const id of ['d1', 'd2'])
        await store.run(execute, {
          sql: 'INSERT INTO devices (id, user_id, name, public_key, created_at) VALUES (?, ?, ?, ?, 0)',
          parameters: [id, userId, id, Buffer.alloc(65)],
        });
    };
    const browser = (name: string): Browser => {
      const ecdh = createECDH('prime256v1');
      const publicKey = ecdh.generateKeys();
      const endpoint = `http://127.0.0.1:${(service.address() as AddressInfo).port}/${name}`;
      return { privateKey: ecdh.getPrivateKey(), subscription: { endpoint, publicKey, authSecret: randomBytes(16) } };
    };
    const keep = (deviceId: string, { subscription }: Browser): Promise<null> =>
      store.run(subscribe, { deviceId, subscription, now: systemClock.wall() });
    const notify = (about: string): Promise<number> =>
      store.run(push, {
        userId,
        outboxId: randomBytes(16).toString('hex'),
        about,
        client: 'vpn',
        title: 'A login waits',
        text: 'Application VPN',
        language: 'en',
        time: { boot: bootId(), now: Math.floor(systemClock.monotonic()) },
        lifetime: 60_000,
        now: systemClock.wall(),
      });
    /** Sends what is queued. @returns what became of each message */
    const deliver = async (expected: number): Promise<Settled[]> => {
      const settled: Settled[] = [];
      let enough = (): void => undefined;
      const done = new Promise<void>((resolve) => (enough = resolve));
      const sender = { key: vapidKeyOf(await store.run(loadPushKey, null)), contact: 'https://radgate.example' };
      const gone: Promise<unknown>[] = [];
      const channel = new PushChannel({
        sender: async () => ({ ...sender, hosts: ['127.0.0.1'] }),
        clock: systemClock,
        random: randomBytes,
        onGone: (deviceId, endpoint) => gone.push(store.run(dropSubscription, { deviceId, endpoint })),
      });
      const worker = new DeliveryWorker({
        store,
        providers: [{ name: 'push', methods: ['push'], channel, timeout: 5_000, senders: [] }],
        concurrency: { sms: 0, voice: 0, email: 0, notify: 0, push: 4 },
        clock: systemClock,
        logger: memoryLogger().logger,
        random: randomBytes,
        lease: 10_000,
        poll: 1_000,
        keep: 60_000,
        onSettled: (_, state) => {
          settled.push(state);
          if (settled.length === expected) enough();
        },
      });
      worker.start();
      await done;
      await worker.stop(5_000);
      await Promise.all(gone);
      return settled;
    };
    const left = async (): Promise<number> =>
      (await store.run(query, { sql: 'SELECT id FROM push_subscriptions' })).length;

    it('every device of the user gets the notice, which only its browser reads', async () => {
      const [phone, tablet] = [browser('phone'), browser('tablet')];
      await keep('d1', phone);
      await keep('d2', tablet);
      expect(await notify('one')).to.equal(2);
      expect(await deliver(2)).to.deep.equal(['sent', 'sent']);
      for (const [path, to] of [
        ['/phone', phone],
        ['/tablet', tablet],
      ] as const) {
        const body = taken.find((each) => each.path === path)?.body ?? Buffer.alloc(0);
        const told = decryptPush(body, to.privateKey, to.subscription.authSecret);
        expect(JSON.parse(told.toString())).to.deep.equal({
          title: 'A login waits',
          text: 'Application VPN',
          language: 'en',
        });
      }
    });

    it('a device has one subscription: a new one takes the place of the old', async () => {
      await keep('d1', browser('old'));
      await keep('d1', browser('new'));
      expect(await notify('two')).to.equal(1);
      await deliver(1);
      expect(taken.map(({ path }) => path)).to.deep.equal(['/new']);
    });

    it('a subscription that the service says is over is forgotten, and only that one', async () => {
      const over = browser('over');
      await keep('d1', over);
      await notify('three');
      status = 410;
      expect(await deliver(1)).to.deep.equal(['failed']);
      expect(await left()).to.equal(0);
      await keep('d1', browser('anew'));
      const { endpoint } = over.subscription;
      expect(await store.run(dropSubscription, { deviceId: 'd1', endpoint })).to.equal(false);
      expect(await left()).to.equal(1);
    });

    it('goes with its device, is sealed, and is sealed anew under another key', async () => {
      const { subscription } = browser('sealed');
      await keep('d1', { subscription, privateKey: Buffer.alloc(0) });
      const [row] = await store.run(query, { sql: 'SELECT sealed FROM push_subscriptions' });
      expect(Buffer.from(row?.['sealed'] as Uint8Array).includes(subscription.endpoint)).to.equal(false);
      // A value under the key that is written with is left as it is: that there is one column more to look at is what is tried.
      const { writing } = await store.run(keyFacts, null);
      expect(await store.run(reseal, { keyId: writing, limit: 10 })).to.equal(0);
      await store.run(execute, { sql: "DELETE FROM devices WHERE id = 'd1'" });
      expect(await left()).to.equal(0);
    });

    it('all nodes of a store have one key for push services', async () => {
      const key = await store.run(loadPushKey, null);
      expect(key.length).to.equal(32);
      expect((await store.run(loadPushKey, null)).equals(key)).to.equal(true);
      expect(vapidKeyOf(key).publicKey.length).to.equal(65);
    });
  });
