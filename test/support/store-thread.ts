import { serveSqlite } from '../../src/store/sqlite-thread.ts';
import { backup } from '../../src/store/backup.ts';
import { exportDigestKey, exportPage } from '../../src/store/export.ts';
import { beginImport, finishImport, importIsUnfinished, importRows } from '../../src/store/import.ts';
import { countOtherKeys, reseal, resealDigestKey, writeWith } from '../../src/store/rekey.ts';
import { transactions } from '../../src/transactions.ts';
import { testTransactions } from './test-transactions.ts';

// The service's thread, with the transactions that tests need beside its own.
const moving = [
  backup,
  beginImport,
  countOtherKeys,
  exportDigestKey,
  exportPage,
  finishImport,
  importIsUnfinished,
  importRows,
  reseal,
  resealDigestKey,
  writeWith,
];
await serveSqlite([...transactions, ...moving, ...testTransactions]);
