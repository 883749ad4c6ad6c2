import { expect } from 'chai';
import { outsideOf } from '../../../src/cli/report/outside.ts';
import { OperatorError } from '../../../src/errors.ts';
import { Workplace } from './command.ts';

describe('radgate report logins --outside', () => {
  const work = new Workplace();
  after(() => work.remove());

  it('is what no network has, whatever is no address among it', async () => {
    const isOutside = await outsideOf(['198.51.100.0/24', '2001:db8::/32', '203.0.113.9']);
    const devices = ['198.51.100.7', '198.51.101.7', '2001:db8::1', '2001:db9::1', '203.0.113.9', '203.0.113.8'];
    expect(devices.map(isOutside)).to.deep.equal([false, true, false, true, false, true]);
    expect(['02-00-00-00-00-01', '', null].map(isOutside)).to.deep.equal([true, true, true]);
  });

  it('takes files of networks, as a registry gives them for a country', async () => {
    const file = work.write('country.txt', '# ours\n198.51.100.0/24\n\n2001:db8::/32 # too\n');
    const isOutside = await outsideOf([file, '203.0.113.0/24']);
    expect(['198.51.100.7', '2001:db8::1', '203.0.113.9', '192.0.2.1'].map(isOutside)).to.deep.equal([
      false,
      false,
      false,
      true,
    ]);
  });

  it('says in which line of which file there is no network', async () => {
    const file = work.write('wrong.txt', '198.51.100.0/24\n198.51.100.1/24\n');
    for (const [given, message] of [
      [file, `${file}:2: this is no IP address and no CIDR`],
      ['nowhere.txt', '--outside: nowhere.txt is no network'],
    ] as const)
      try {
        await outsideOf([given]);
        expect.fail('it was taken');
      } catch (error) {
        expect(error).to.be.instanceOf(OperatorError);
        expect((error as OperatorError).message).to.contain(message);
      }
  });
});
