import { writeFileSync } from 'node:fs';
import { BroadcastChannel, isMainThread } from 'node:worker_threads';

// Loaded before the program, with --expose-gc: at SIGUSR2 the event loop and the store's thread collect their garbage, and the octets that both then have in use,
// in their heaps and in buffers outside of them, go to the file that RADGATE_LIVE_MEMORY names.

const channel = new BroadcastChannel('live memory');

/** The second collection takes what the first one's finalizers let go. */
function live(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

if (isMainThread) {
  let own = 0;
  process.on('SIGUSR2', () => {
    own = live();
    channel.postMessage('tell');
  });
  channel.addEventListener('message', (event) => {
    const { data: store } = event as Event & { readonly data: number };
    writeFileSync(process.env['RADGATE_LIVE_MEMORY'] ?? '', String(own + store));
  });
} else
  channel.addEventListener('message', () => {
    channel.postMessage(live());
  });
channel.unref();
