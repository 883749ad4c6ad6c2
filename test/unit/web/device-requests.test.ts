import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { systemClock } from '../../../src/clock.ts';
import { nonceSize } from '../../../src/device/device-nonces.ts';
import { signatureSize } from '../../../src/device/signature.ts';
import type { EnrolmentSteps } from '../../../src/enrol/steps.ts';
import type { Store } from '../../../src/store/store.ts';
import { deviceRequests } from '../../../src/web/app/device-requests.ts';
import { WebServer } from '../../../src/web/server.ts';
import { freeTcpPort } from '../../peer/free-port.ts';
import { memoryLogger } from '../../support/memory-logger.ts';

describe('what a phone has signed and is refused', () => {
  it('is a line in a minute for each phone, and one for all that there are not', async () => {
    const { logger, lines } = memoryLogger();
    const port = await freeTcpPort('127.0.0.1');
    const url = `http://127.0.0.1:${port}`;
    const known = 'a'.repeat(32);
    const web = await WebServer.listen({
      endpoints: [{ host: '127.0.0.1', port }],
      url,
      tls: undefined,
      trustedProxies: [],
      clock: systemClock,
      logger,
      pages: (app, addressOf, own) =>
        deviceRequests(app, {
          // A decision asks neither.
          store: {} as Store,
          steps: {} as EnrolmentSteps,
          clock: systemClock,
          applications: [],
          decide: async ({ device }) => ({ kind: device === known ? 'refused' : 'unknown-device' }),
          push: undefined,
          addressOf,
          lines: own,
        }),
    });
    try {
      for (let i = 0; i < 6; i++) {
        const body = {
          device: i % 2 === 0 ? known : randomBytes(16).toString('hex'),
          nonce: randomBytes(nonceSize).toString('base64url'),
          approval: 'b'.repeat(32),
          decision: 'approve',
          number: '',
          application: '',
          signature: randomBytes(signatureSize).toString('base64url'),
        };
        const sent = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
        expect((await fetch(`${url}/app/decide`, sent)).status).to.equal(200);
      }
    } finally {
      await web.close();
    }
    expect(lines.map(({ phone, why }) => [phone, why])).to.deep.equal([
      [known, 'refused'],
      [undefined, 'unknown-device'],
    ]);
  });
});
