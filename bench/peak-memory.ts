import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

// Loaded before the program: tells on descriptor 3, when it ends, the most memory that it had, in KiB.
if (isMainThread) process.once('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));
