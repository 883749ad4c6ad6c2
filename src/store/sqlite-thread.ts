import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { ChainInHand } from '../audit/chain-in-hand.ts';
import { usualAudit } from '../audit/settings.ts';
import { OperatorError, type ErrorCode } from '../errors.ts';
import { Checkpoints } from './checkpoints.ts';
import { reviveBuffers } from './revive-buffers.ts';
import { openSqlite, type SqliteDriver, type SqliteOptions } from './sqlite-driver.ts';
import type { Transaction, TransactionContext } from './store.ts';

export interface Request {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
}

export type Failure =
  | { readonly kind: 'operator'; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: 'store' | 'other'; readonly message: string };

export type Response =
  { readonly id: number; readonly output: unknown } | { readonly id: number; readonly failure: Failure };

/** What the thread says: first `ready` or `unopened`, then the responses of each group that was committed together. */
export type ThreadMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unopened'; readonly failure: Failure }
  | { readonly kind: 'responses'; readonly responses: readonly Response[] };

type AnyTransaction = Transaction<never, unknown>;

/** Transactions committed together at most. */
const groupSize = 256;

/**
 * Serves transactions on this worker thread. All that arrived while one group was being committed forms the next: one fsync for many logins,
 * and no packet waits for the disk.
 */
export async function serveSqlite(transactions: readonly AnyTransaction[]): Promise<void> {
  const port = parentPort;
  if (isMainThread || !port) throw new Error('serveSqlite runs on a worker thread');
  const say = (message: ThreadMessage): void => port.postMessage(message);
  const table = new Map(transactions.map((transaction) => [transaction.name, transaction]));
  let opened: Awaited<ReturnType<typeof openSqlite>>;
  let checkpoints: Checkpoints;
  try {
    opened = await openSqlite(workerData as SqliteOptions);
    checkpoints = new Checkpoints((workerData as SqliteOptions).file);
  } catch (error) {
    say({ kind: 'unopened', failure: failureOf(error) });
    return;
  }
  const { driver, seal } = opened;
  const { audit = usualAudit() } = workerData as SqliteOptions;
  const context: Context = { sql: driver, seal, audit };
  const queue: Request[] = [];
  let scheduled = false;
  let closing = false;

  const drain = async (): Promise<void> => {
    const group = queue.splice(0, groupSize);
    const isWrite = ({ name }: Request): boolean => table.get(name)?.access === 'write';
    const reads = group.filter((request) => !isWrite(request));
    const writes = group.filter(isWrite);
    if (reads.length > 0) say({ kind: 'responses', responses: await answerAll(reads, table, context) });
    if (writes.length > 0) {
      say({ kind: 'responses', responses: await commitTogether(writes, table, context, driver) });
      checkpoints.due();
    }
    if (queue.length > 0) return void setImmediate(() => void drain());
    scheduled = false;
    if (closing) await finish();
  };
  const finish = async (): Promise<void> => {
    await checkpoints.close();
    driver.close();
    port.close();
  };

  port.on('message', (message: readonly Request[] | 'close') => {
    if (message === 'close') {
      closing = true;
      if (!scheduled) void finish();
      return;
    }
    queue.push(...message);
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => void drain());
  });
  say({ kind: 'ready' });
}

type Table = ReadonlyMap<string, AnyTransaction>;
/** But the chain, which each group has its own of. */
type Context = Omit<TransactionContext, 'chain'>;

async function answerAll(requests: readonly Request[], table: Table, context: Context): Promise<Response[]> {
  const responses: Response[] = [];
  const reading = { ...context, chain: new ChainInHand() };
  for (const request of requests) responses.push(await answer(request, table, reading));
  return responses;
}

/** Transactions hardly ever fail: the group is run on the supposition that none does, and if one does all of it again, each undone by itself. */
async function commitTogether(
  requests: readonly Request[],
  table: Table,
  context: Context,
  driver: SqliteDriver,
): Promise<Response[]> {
  try {
    driver.assertFileInPlace();
    return (
      (await inOneCommit(driver, context, (writing) => answerUnlessOneFails(requests, table, writing, driver))) ??
      (await inOneCommit(driver, context, (writing) => answerEach(requests, table, writing, driver))) ??
      []
    );
  } catch (error) {
    return requests.map(({ id }) => ({ id, failure: { kind: 'store', message: String(error) } }));
  }
}

/** @returns what the work returns; if that is undefined it is undone */
async function inOneCommit(
  driver: SqliteDriver,
  context: Context,
  work: (context: TransactionContext) => Promise<Response[] | undefined>,
): Promise<Response[] | undefined> {
  driver.exec('BEGIN IMMEDIATE');
  try {
    const writing = { ...context, chain: new ChainInHand() };
    const responses = await work(writing);
    if (responses) await writing.chain.putBack(writing);
    driver.exec(responses ? 'COMMIT' : 'ROLLBACK');
    return responses;
  } catch (error) {
    try {
      driver.exec('ROLLBACK');
    } catch {
      // SQLite has rolled back by itself.
    }
    throw error;
  }
}

async function answerUnlessOneFails(
  requests: readonly Request[],
  table: Table,
  context: TransactionContext,
  driver: SqliteDriver,
): Promise<Response[] | undefined> {
  const responses: Response[] = [];
  for (const request of requests) {
    const response = await answer(request, table, context);
    if ('failure' in response) return undefined;
    driver.assertInTransaction();
    responses.push(response);
  }
  return responses;
}

async function answerEach(
  requests: readonly Request[],
  table: Table,
  context: TransactionContext,
  driver: SqliteDriver,
): Promise<Response[]> {
  const responses: Response[] = [];
  for (const request of requests) {
    const restore = context.chain.mark();
    driver.exec('SAVEPOINT one');
    const response = await answer(request, table, context);
    // A full disk or an I/O error may have ended the whole transaction already: then RELEASE fails, and with it the group.
    if ('failure' in response) {
      driver.exec('ROLLBACK TO one');
      restore();
    }
    driver.exec('RELEASE one');
    responses.push(response);
  }
  return responses;
}

async function answer({ id, name, input }: Request, table: Table, context: TransactionContext): Promise<Response> {
  try {
    const transaction = table.get(name);
    if (!transaction) throw new Error(`the store's thread does not know the transaction ${name}`);
    return { id, output: await transaction.run(context, reviveBuffers(input) as never) };
  } catch (error) {
    return { id, failure: failureOf(error) };
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof OperatorError) return { kind: 'operator', code: error.code, message: error.message };
  const isSqlite = error instanceof Error && error.name === 'SqliteError';
  return { kind: isSqlite ? 'store' : 'other', message: error instanceof Error ? error.message : String(error) };
}
