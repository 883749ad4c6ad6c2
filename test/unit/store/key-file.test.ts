import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { OperatorError, type ErrorCode } from '../../../src/errors.ts';
import { makeKeyFile, readKeyFile } from '../../../src/store/key-file.ts';
import { openStoreIn } from '../../support/scratch-store.ts';

const digits = 'c0ffee'.padEnd(64, '0');

async function codeOf(action: () => unknown): Promise<ErrorCode | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (error instanceof OperatorError) return error.code;
    throw error;
  }
}

describe('store/key-file', () => {
  let dir: string;
  let file: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'radgate-key-'));
    file = join(dir, 'radgate.key');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  /** Opens a store of this directory with this key file, and closes it. */
  const openWith = async (keyFile = file): Promise<void> => (await openStoreIn(dir, { keyFile })).close();

  describe('by itself', () => {
    it('is made with 32 octets in hexadecimal, for its owner alone, another each time', () => {
      const key = makeKeyFile(file);
      expect(key).to.have.length(32);
      expect(readFileSync(file, 'utf8')).to.equal(`${key.toString('hex')}\n`);
      expect(statSync(file).mode & 0o777).to.equal(0o600);
      expect(readKeyFile(file)).to.deep.equal(key);
      expect(makeKeyFile(join(dir, 'second.key'))).not.to.deep.equal(key);
    });

    it('that is not there is told apart from one that cannot be read', async () => {
      expect(readKeyFile(file)).to.equal(undefined);
      mkdirSync(file);
      expect(await codeOf(() => readKeyFile(file))).to.equal('key-unreadable');
    });

    for (const [what, content] of [
      ['upper case and blanks around', `  ${digits.toUpperCase()} \n\n`],
      ['no line end', digits],
    ] as const)
      it(`is read with ${what}`, () => {
        writeFileSync(file, content);
        expect(readKeyFile(file)?.toString('hex')).to.equal(digits);
      });

    for (const [what, content] of [
      ['nothing', ''],
      ['63 digits', digits.slice(1)],
      ['65 digits', `${digits}0`],
      ['a letter that is no digit', `g${digits.slice(1)}`],
      ['two keys', `${digits}\n${digits}\n`],
      ['the 32 octets themselves', Buffer.from(digits, 'hex')],
    ] as const)
      it(`with ${what} in it is unreadable, and is not told in the error`, async () => {
        writeFileSync(file, content);
        const error = await Promise.resolve()
          .then(() => readKeyFile(file))
          .catch((reason: unknown) => reason);
        expect(error).to.be.instanceOf(OperatorError).with.property('code', 'key-unreadable');
        expect(String(error)).to.include(file).and.not.to.include('c0ffee');
      });

    it('is never overwritten: of two that make it at once both get the one that is there', () => {
      const first = makeKeyFile(file);
      expect(makeKeyFile(file)).to.deep.equal(first);
      expect(readKeyFile(file)).to.deep.equal(first);
    });

    it('that cannot be written is told', async () => {
      expect(await codeOf(() => makeKeyFile(join(dir, 'no', 'such', 'radgate.key')))).to.equal('key-unreadable');
    });
  });

  describe('of a store', () => {
    it('is made at the first start, and used at the next', async () => {
      await openWith();
      const made = readFileSync(file, 'utf8');
      await openWith();
      expect(readFileSync(file, 'utf8')).to.equal(made);
    });

    it('that is there before the store is the one it takes', async () => {
      writeFileSync(file, digits);
      await openWith();
      expect(readFileSync(file, 'utf8')).to.equal(digits);
      rmSync(file);
      makeKeyFile(file);
      expect(await codeOf(openWith)).to.equal('key-wrong');
    });

    it('that is missing is an error, never a new key', async () => {
      await openWith();
      rmSync(file);
      expect(await codeOf(openWith)).to.equal('key-missing');
      expect(readKeyFile(file)).to.equal(undefined);
    });

    it('that is another is an error, and neither it nor the store is changed', async () => {
      await openWith();
      const theirs = join(dir, 'theirs.key');
      makeKeyFile(theirs);
      const before = readFileSync(theirs, 'utf8');
      expect(await codeOf(() => openWith(theirs))).to.equal('key-wrong');
      expect(readFileSync(theirs, 'utf8')).to.equal(before);
      expect(await codeOf(openWith), 'with the right one').to.equal(undefined);
    });

    it('that cannot be read is an error', async () => {
      await openWith();
      writeFileSync(file, 'not a key');
      expect(await codeOf(openWith)).to.equal('key-unreadable');
    });

    it('is one, though eight open the new store at once', async () => {
      const stores = await Promise.all(Array.from({ length: 8 }, () => openStoreIn(dir, { keyFile: file })));
      await Promise.all(stores.map((store) => store.close()));
      expect(await codeOf(openWith)).to.equal(undefined);
    });
  });
});
