import { connect } from 'node:net';

/** Resolves once somebody listens there: of a program that does not say when it does. */
export async function probeTcp(host: string, port: number, milliseconds: number): Promise<void> {
  const until = performance.now() + milliseconds;
  for (;;) {
    const refusal = await new Promise<Error | undefined>((resolve) => {
      const socket = connect({ host, port });
      socket.once('connect', () => {
        socket.destroy();
        resolve(undefined);
      });
      socket.once('error', resolve);
    });
    if (refusal === undefined) return;
    if (performance.now() > until) throw refusal;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
