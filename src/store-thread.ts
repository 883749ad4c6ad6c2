import { serveSqlite } from './store/sqlite-thread.ts';
import { transactions } from './transactions.ts';

await serveSqlite(transactions);
