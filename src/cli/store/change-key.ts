import { OperatorError } from '../../errors.ts';
import { KeyFileLock } from '../../store/key-file-lock.ts';
import { newKey, readKeyFile, replaceKeyFile } from '../../store/key-file.ts';
import { notRestarted } from '../../store/not-restarted.ts';
import { countOtherKeys, keyFacts, reseal, resealDigestKey, writeWith } from '../../store/rekey.ts';
import { sealKey } from '../../store/seal.ts';
import type { Store } from '../../store/store.ts';

/** Values sealed anew in one transaction: logins wait for it, some 20 ms. */
const batch = 500;

export interface KeyChange {
  readonly keyFile: string;
  readonly open: () => Promise<Store>;
}

/** What was just done. */
export type KeyStep =
  | { readonly kind: 'prepared'; readonly already: boolean }
  | { readonly kind: 'writing' }
  | { readonly kind: 'resealing'; readonly done: number; readonly total: number }
  | { readonly kind: 'resealed'; readonly total: number };

/** How far a change of keys is: what the key file holds, and what the store says of it. */
type KeyState =
  /** No change is under way. */
  | { readonly kind: 'one'; readonly key: Buffer }
  /** The file has a second key, which nothing is sealed under. */
  | { readonly kind: 'prepared'; readonly key: Buffer; readonly next: Buffer }
  /** The store is written with the new key. */
  | { readonly kind: 'begun'; readonly key: Buffer; readonly old: Buffer };

/**
 * Changes the key that the store is sealed under, step by step, while others use the store: at any moment every key that a value may be sealed
 * under is in the key file. Ended at any point, or killed, it goes on from there when it is run again. The old key stays in the file.
 * @param mayAdd whether a key may be added to the file: not where other nodes have copies of it
 * @throws OperatorError 'refused' if another one is under way, or if there is no second key and none may be added
 */
export async function* changeKey(
  { keyFile, open }: KeyChange,
  mayAdd: boolean,
): AsyncGenerator<KeyStep, void, undefined> {
  const lock = new KeyFileLock(keyFile);
  let store: Store | undefined;
  try {
    store = await open();
    let state = await keyState(store, keyFile);
    if (state.kind === 'one') {
      if (!mayAdd)
        throw new OperatorError(
          'refused',
          'nodes may share this store: run "radgate store rekey --prepare", copy the key file to every node, then run this again',
        );
      state = addKey(keyFile, state.key);
      yield { kind: 'prepared', already: false };
    }
    if (state.kind === 'prepared') {
      await store.run(writeWith, sealKey(state.next).id);
      yield { kind: 'writing' };
      state = { kind: 'begun', key: state.next, old: state.key };
    }
    // Opened anew, it writes with the new key.
    await store.close();
    store = undefined;
    store = await open();
    await store.run(resealDigestKey, null);
    const { id: keyId } = sealKey(state.key);
    const total = await store.run(countOtherKeys, keyId);
    let done = 0;
    for (let sealed = batch; sealed === batch; done += sealed) {
      yield { kind: 'resealing', done, total };
      sealed = await store.run(reseal, { keyId, limit: batch });
    }
    replaceKeyFile(keyFile, [state.key, state.old]);
    yield { kind: 'resealed', total: done };
  } finally {
    await store?.close();
    lock.release();
  }
}

/** Only adds the key that is to be written with next, so that the file can be copied to other nodes before anything is sealed under it. */
export async function prepareKey({ keyFile, open }: KeyChange): Promise<KeyStep> {
  return withState({ keyFile, open }, async (state) => {
    if (state.kind === 'begun')
      throw new OperatorError('refused', 'the last change of keys is not finished: run "radgate store rekey --finish"');
    if (state.kind === 'one') addKey(keyFile, state.key);
    return { kind: 'prepared', already: state.kind === 'prepared' };
  });
}

/**
 * Drops the old key from the file.
 * @param areGone whether nodes that were not restarted since are known not to run any more
 * @returns false if there was no second key
 * @throws OperatorError 'refused' while anything is sealed under the old one, or will be by a service that was started before
 */
export async function finishKey({ keyFile, open }: KeyChange, areGone: boolean): Promise<boolean> {
  return withState({ keyFile, open }, async (state, store) => {
    if (state.kind === 'one') return false;
    if (state.kind === 'prepared')
      throw new OperatorError('refused', 'the key was not changed yet: run "radgate store rekey" first');
    const left = await store.run(countOtherKeys, sealKey(state.key).id);
    if (left > 0)
      throw new OperatorError(
        'refused',
        `${left} value(s) are still sealed under the old key, by a radgate that was not restarted since: restart it, run "radgate store rekey" again, then this`,
      );
    const old = areGone ? [] : await store.run(notRestarted, null);
    if (old.length > 0)
      throw new OperatorError(
        'refused',
        `radgate was not restarted since the key was changed on ${old.join(', ')}: what it seals there could not be read any more; restart it, or say --gone if it will not run there again`,
      );
    replaceKeyFile(keyFile, [state.key]);
    return true;
  });
}

async function withState<T>(
  { keyFile, open }: KeyChange,
  use: (state: KeyState, store: Store) => Promise<T>,
): Promise<T> {
  const lock = new KeyFileLock(keyFile);
  let store: Store | undefined;
  try {
    store = await open();
    return await use(await keyState(store, keyFile), store);
  } finally {
    await store?.close();
    lock.release();
  }
}

async function keyState(store: Store, keyFile: string): Promise<KeyState> {
  const { writing, retired } = await store.run(keyFacts, null);
  const keys = (readKeyFile(keyFile) ?? []).map((octets) => ({ octets, id: sealKey(octets).id }));
  const key = keys.find(({ id }) => id.equals(writing))?.octets;
  if (!key) throw new OperatorError('key-wrong', `the key of the store has gone from ${keyFile} meanwhile`);
  const other = keys.find(({ id }) => !id.equals(writing));
  if (!other) return { kind: 'one', key };
  return retired?.equals(other.id)
    ? { kind: 'begun', key, old: other.octets }
    : { kind: 'prepared', key, next: other.octets };
}

function addKey(keyFile: string, key: Buffer): Extract<KeyState, { kind: 'prepared' }> {
  const next = newKey();
  replaceKeyFile(keyFile, [key, next]);
  return { kind: 'prepared', key, next };
}
