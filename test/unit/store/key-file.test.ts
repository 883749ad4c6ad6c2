import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { OperatorError, type ErrorCode } from '../../../src/errors.ts';
import { makeKeyFile, newKey, readKeyFile, replaceKeyFile } from '../../../src/store/key-file.ts';
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
      expect(key.map(({ length }) => length)).to.deep.equal([32]);
      expect(readFileSync(file, 'utf8')).to.equal(`${key[0]?.toString('hex')}\n`);
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
        expect(readKeyFile(file)?.map((key) => key.toString('hex'))).to.deep.equal([digits]);
      });

    for (const [what, content] of [
      ['nothing', ''],
      ['63 digits', digits.slice(1)],
      ['65 digits', `${digits}0`],
      ['a letter that is no digit', `g${digits.slice(1)}`],
      ['three keys', `${digits}\n${digits}\n${digits}\n`],
      ['a key and half a key', `${digits}\n${digits.slice(32)}\n`],
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

  describe('with two keys, during a change', () => {
    it('is read in its order: the first is the one to write with', () => {
      const keys = [newKey(), newKey()];
      makeKeyFile(file);
      replaceKeyFile(file, keys);
      expect(readKeyFile(file)).to.deep.equal(keys);
      expect(readFileSync(file, 'utf8')).to.match(/^[0-9a-f]{64}\n[0-9a-f]{64}\n$/);
    });

    it('replaces the file in one step, for its owner alone, and leaves nothing beside it', () => {
      makeKeyFile(file);
      const before = statSync(file);
      replaceKeyFile(file, [newKey(), newKey()]);
      const after = statSync(file);
      expect(after.ino).not.to.equal(before.ino);
      expect(after.mode & 0o777).to.equal(0o600);
      expect(readdirSync(dir)).to.deep.equal(['radgate.key']);
    });

    it('stays its owner\u2019s, who may be another than the one who changes it', function () {
      if (process.getuid?.() !== 0) this.skip();
      makeKeyFile(file);
      chownSync(file, 1234, 2345);
      replaceKeyFile(file, [newKey()]);
      const { uid, gid, mode } = statSync(file);
      expect({ uid, gid, mode: mode & 0o777 }).to.deep.equal({ uid: 1234, gid: 2345, mode: 0o600 });
    });

    it('stays as it was if the new one cannot be written', async () => {
      const [key] = makeKeyFile(file);
      mkdirSync(`${file}.new`);
      expect(await codeOf(() => replaceKeyFile(file, [newKey()]))).to.equal('key-unreadable');
      expect(readKeyFile(file)).to.deep.equal([key]);
    });

    it('is not made where there was none', async () => {
      expect(await codeOf(() => replaceKeyFile(file, [newKey()]))).to.equal('key-unreadable');
      expect(readdirSync(dir)).to.deep.equal([]);
    });

    it('newKey is 32 octets, another each time', () => {
      expect(newKey()).to.have.length(32);
      expect(newKey()).not.to.deep.equal(newKey());
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
