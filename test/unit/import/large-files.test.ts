import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { importPskc } from '../../../src/import/import-pskc.ts';
import { importTokenCsv } from '../../../src/import/import-token-csv.ts';
import { importUserCsv } from '../../../src/import/import-user-csv.ts';
import { isProblem } from '../../../src/import/row-problem.ts';
import { ImportScratch } from './import-scratch.ts';
import { keyPackage } from './pskc-writer.ts';

const rows = 100_000;
/** What may stay reachable while a file is read, in octets: less than 200 for each row. */
const bound = 16 * 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function reachable(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('import: files of 100,000 rows', function () {
  this.timeout(120_000);
  const scratch = new ImportScratch();
  after(() => scratch.remove());

  function generate(name: string, head: string, row: (i: number) => string, tail: string): string {
    const file = join(scratch.dir, name);
    writeFileSync(file, head);
    for (let from = 0; from < rows; from += 1000)
      appendFileSync(file, Array.from({ length: 1000 }, (_, i) => row(from + i)).join(''));
    appendFileSync(file, tail);
    return file;
  }

  async function measure(given: AsyncIterable<object>): Promise<void> {
    let count = 0;
    let most = 0;
    const before = reachable();
    const started = performance.now();
    for await (const row of given) {
      expect(isProblem(row)).to.equal(false);
      count++;
      if (count % 20_000 === 0) most = Math.max(most, reachable() - before);
    }
    const seconds = (performance.now() - started) / 1000;
    process.stdout.write(
      `      ${count} rows in ${seconds.toFixed(1)} s, ${(most / 1024 / 1024).toFixed(1)} MiB kept\n`,
    );
    expect(count).to.equal(rows);
    expect(most).to.be.below(bound);
    expect(seconds).to.be.below(60);
  }

  it('PSKC', () => {
    const head = '<?xml version="1.0"?>\n<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">\n';
    const file = generate('large.xml', head, (i) => `${keyPackage({ serial: `00${i}` })}\n`, '</KeyContainer>\n');
    return measure(importPskc(file));
  });

  it('tokens in CSV', () => {
    const head = 'upn,serial number,secret key,time interval,manufacturer,model\r\n';
    const row = (i: number): string =>
      `user${i}@corp.example,00${i},GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ,60,Maker,Model\r\n`;
    return measure(importTokenCsv(generate('large.csv', head, row, '')));
  });

  it('users in CSV', () => {
    const head = 'name,aliases,first name,last name,e-mail,phone,groups\n';
    const row = (i: number): string =>
      `user${i},user${i}@corp.example;CORP\\user${i},First,Last,user${i}@corp.example,+49170${1_000_000 + i},vpn\n`;
    return measure(importUserCsv(generate('users.csv', head, row, '')));
  });
});
