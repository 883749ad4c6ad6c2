import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'chai';
import { OperatorError } from '../../../src/errors.ts';
import { PrivateServer, plain, type Answer } from '../../../src/web/private-server.ts';
import { memoryLogger } from '../../support/memory-logger.ts';

describe('PrivateServer', () => {
  let server: PrivateServer;
  const { logger, lines } = memoryLogger();
  const open = (answers: ReadonlyMap<string, () => Promise<Answer>>): Promise<PrivateServer> =>
    PrivateServer.listen({ endpoints: [{ host: '127.0.0.1', port: 0 }], answers, logger });
  before(async () => {
    server = await open(
      new Map([
        ['/livez', async () => plain(200, 'ok')],
        ['/metrics', async () => Promise.reject(new Error('no figures'))],
      ]),
    );
  });
  after(() => server.close());
  const ask = (path: string, method = 'GET'): Promise<Response> =>
    fetch(`http://${server.listening[0]}${path}`, { method });

  it('answers GET and HEAD of what there is, with or without a query', async () => {
    const answer = await ask('/livez?verbose=1');
    expect([answer.status, await answer.text()]).to.deep.equal([200, 'ok\n']);
    expect(answer.headers.get('cache-control')).to.equal('no-store');
    const head = await ask('/livez', 'HEAD');
    expect([head.status, await head.text(), head.headers.get('content-length')]).to.deep.equal([200, '', '3']);
  });

  it('takes no orders, and has nothing else', async () => {
    const posted = await ask('/livez', 'POST');
    expect([posted.status, posted.headers.get('allow')]).to.deep.equal([405, 'GET, HEAD']);
    for (const path of ['/', '/a/secret', '/livez/', '/constructor']) expect((await ask(path)).status).to.equal(404);
  });

  it('says in the log what it could not tell, and to who asks only that', async () => {
    const answer = await ask('/metrics');
    expect([answer.status, await answer.text()]).to.deep.equal([500, 'failed\n']);
    expect(JSON.stringify(lines)).to.include('no figures');
  });

  it('lets go of whoever still holds a connection', async () => {
    const other = await open(new Map());
    const [host = '', port = ''] = (other.listening[0] ?? '').split(':');
    const socket = connect(Number(port), host);
    await once(socket, 'connect');
    const gone = once(socket, 'close');
    await other.close();
    await gone;
  });

  it('is an error of the operator where it cannot listen', async () => {
    const [host = '', port = ''] = (server.listening[0] ?? '').split(':');
    const taken = PrivateServer.listen({ endpoints: [{ host, port: Number(port) }], answers: new Map(), logger });
    const error = await taken.then(
      () => undefined,
      (refusal: unknown) => refusal,
    );
    expect(error).to.be.instanceOf(OperatorError);
    expect((error as OperatorError).message).to.include('[metrics] cannot listen on 127.0.0.1:');
  });
});
