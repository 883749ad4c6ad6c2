import { serveSqlite } from '../../src/store/sqlite-thread.ts';
import { transactions } from '../../src/transactions.ts';
import { testTransactions } from './test-transactions.ts';

// The service's thread, with the transactions that tests need beside its own.
await serveSqlite([...transactions, ...testTransactions]);
