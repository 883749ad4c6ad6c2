import { join } from 'node:path';
import { expect } from 'chai';
import { OperatorError } from '../../../src/errors.ts';
import { demoConfig } from '../../../src/config/demo.ts';
import { override } from '../../../src/config/override.ts';
import { Secret } from '../../../src/config/secret.ts';
import { rest, Scratch } from './scratch.ts';

const secret = new Secret('0123456789abcdef');
const demo = demoConfig('radgate-data', secret);

describe('config: demoConfig', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  it('is what a file with the same in it would be', () => {
    const toml = `[listen]
auth = ["127.0.0.1:1812"]
[store]
url = "sqlite:${join(process.cwd(), 'radgate-data', 'radgate.db')}"
[[client]]
name = "demo"
address = ["127.0.0.1", "::1"]
secret = "0123456789abcdef"
factor = "required"
message_authenticator = "off"
[[primary]]
name = "local"
type = "local"
`;
    const { client: clients, ...others } = scratch.load(toml).config;
    expect(demo).to.deep.include(others);
    expect(demo.client.map((client) => ({ ...client, secret: undefined }))).to.deep.equal(
      clients.map((client) => ({ ...client, secret: undefined })),
    );
    expect(demo.client[0]?.secret).to.equal(secret);
  });

  it('is frozen', () => {
    for (const part of [demo, demo.listen.auth, demo.listen.auth[0], demo.store.url, demo.client[0], demo.primary])
      expect(part).to.be.frozen; // oxlint-disable-line no-unused-expressions
  });
});

describe('config: override', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());
  const config = scratch.load(rest).config;

  it('changes nothing without options', () => {
    expect(override(config, {})).to.deep.equal(config);
    expect(override(config, { listen: undefined, logLevel: undefined, data: undefined })).to.deep.equal(config);
  });

  it('--listen takes the place of all addresses', () => {
    const { listen, ...others } = override(config, { listen: '[::1]:0' });
    expect(listen.auth).to.deep.equal([{ host: '::1', port: 0 }]);
    expect(config).to.deep.include(others);
  });

  it('--log-level leaves the format', () => {
    expect(override(config, { logLevel: 'debug' }).log).to.deep.equal({
      ...config.log,
      level: 'debug',
    });
  });

  it('--data moves the store and its key, and leaves how it works', () => {
    expect(override(config, { data: 'some/dir' }).store).to.deep.equal({
      url: { driver: 'sqlite', path: join(process.cwd(), 'some/dir/radgate.db') },
      key_file: join(process.cwd(), 'some/dir/radgate.key'),
      waiting: 'memory',
      durability: 'power',
    });
  });

  it('leaves the config that it was given, and freezes the new one', () => {
    const before = JSON.stringify(config);
    const after = override(config, { listen: '127.0.0.1:1645', logLevel: 'trace', data: '/d' });
    expect(JSON.stringify(config)).to.equal(before);
    for (const part of [after, after.listen, after.listen.auth[0], after.log, after.store, after.store.url])
      expect(part).to.be.frozen; // oxlint-disable-line no-unused-expressions
  });

  for (const [options, message] of [
    [{ listen: 'localhost' }, '--listen must be "address:port"'],
    [{ listen: '127.0.0.1:99999' }, '--listen must have a port from 0 to 65535'],
    [{ listen: '' }, '--listen must be "address:port"'],
    [{ logLevel: 'verbose' }, '--log-level must be one of "fatal", "error"'],
    [{ data: '' }, '--data must name a directory'],
  ] as const)
    it(`refuses ${JSON.stringify(options)}`, () => {
      expect(() => override(config, options))
        .to.throw(OperatorError, message)
        .with.property('code', 'usage');
    });
});
