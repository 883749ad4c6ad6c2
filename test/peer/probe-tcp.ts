import { connect } from 'node:net';

/** Resolves once somebody listens there: of a program that does not say when it does. @returns the port that it was asked from */
export async function probeTcp(host: string, port: number, milliseconds: number): Promise<number> {
  const until = performance.now() + milliseconds;
  for (;;) {
    const reached = await new Promise<number | Error>((resolve) => {
      const socket = connect({ host, port });
      socket.once('connect', () => {
        resolve(socket.localPort ?? 0);
        socket.destroy();
      });
      socket.once('error', resolve);
    });
    if (typeof reached === 'number') return reached;
    if (performance.now() > until) throw reached;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
