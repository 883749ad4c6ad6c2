import type { DecideOutput } from '../../src/approval/decide-approval.ts';
import type { ShownApproval, ShowOutput } from '../../src/approval/show-approval.ts';
import { systemClock } from '../../src/clock.ts';
import { appPage } from '../../src/web/app/app-page.ts';
import { approvalPages, type Press } from '../../src/web/approval-page.ts';
import { WebServer, type WebServerOptions } from '../../src/web/server.ts';
import { freeTcpPort } from '../peer/free-port.ts';
import { memoryLogger } from './memory-logger.ts';

/** The secret in the address of the one approval that there is. */
const token = Buffer.alloc(16, 7);
export const path = `/a/${token.toString('base64url')}`;

const shown: ShownApproval = {
  application: 'the VPN',
  client: 'gateway',
  device: '203.0.113.9',
  userName: 'alice',
  createdAt: Date.UTC(2024, 0, 1, 12),
  expiresAt: Date.UTC(2024, 0, 1, 13),
  mode: 'wait',
  numbers: null,
  language: 'en',
  status: 'open',
};

/** What an approval in memory is and does. The last of three numbers is the right one. */
export interface ApprovalInMemory {
  approval: ShownApproval;
  /** What the page shows after a yes. */
  code: string | null;
  /** Set: the store fails. */
  failure: Error | undefined;
  readonly presses: Press[];
}

export interface ApprovalScene extends ApprovalInMemory {
  /** Without a slash at its end. */
  readonly url: string;
  readonly web: WebServer;
  readonly lines: ReturnType<typeof memoryLogger>['lines'];
}

/** The pages as a WebServer on loopback serves them, over an approval in memory. */
export async function approvalScene(
  approval: Partial<ShownApproval> = {},
  own: Partial<Pick<WebServerOptions, 'endpoints' | 'url' | 'tls' | 'trustedProxies'>> = {},
  alerts = false,
): Promise<ApprovalScene> {
  const { logger, lines } = memoryLogger();
  const memory: ApprovalInMemory = {
    approval: { ...shown, ...approval },
    code: null,
    failure: undefined,
    presses: [],
  };
  const port = await freeTcpPort('127.0.0.1');
  const url = `${own.tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  const web = await WebServer.listen({
    endpoints: [{ host: '127.0.0.1', port }],
    url,
    tls: undefined,
    trustedProxies: [],
    clock: systemClock,
    logger,
    pages: (app) => {
      appPage(app, alerts);
      approvalPages(app, {
        show: async (asked) => show(memory, asked),
        decide: async (press) => decide(memory, press),
        alerts,
      });
    },
    ...own,
  });
  return Object.assign(memory, { url, web, lines });
}

function show({ approval, failure }: ApprovalInMemory, asked: Buffer): ShowOutput {
  if (failure) throw failure;
  if (!asked.equals(token)) return { kind: 'gone' };
  return { kind: approval.status === 'open' ? 'open' : 'decided', approval };
}

function decide(memory: ApprovalInMemory, press: Press): DecideOutput {
  const { approval, code, failure } = memory;
  if (failure) throw failure;
  if (!press.token.equals(token) || approval.status !== 'open') return { kind: 'gone' };
  memory.presses.push(press);
  if (approval.numbers && press.decision === 'approve' && press.number === null) return { kind: 'gone' };
  const { userName, client, application, device, createdAt } = approval;
  const about = { id: 'an approval', loginId: 'a login', userName, client, application, device, askedAt: createdAt };
  if (press.decision !== 'approve') {
    const kind = press.decision === 'fraud' ? 'fraud' : 'declined';
    memory.approval = { ...approval, status: kind };
    return { kind, ...about };
  }
  if (approval.numbers && press.number !== approval.numbers.at(-1)) {
    memory.approval = { ...approval, status: 'declined' };
    return { kind: 'number-wrong', ...about };
  }
  memory.approval = { ...approval, status: 'approved' };
  return { kind: 'approved', code, ...about };
}
