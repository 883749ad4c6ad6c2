import { expect } from 'chai';
import { OperatorError, type ErrorCode } from '../../src/errors.ts';

describe('errors', () => {
  const cases: readonly (readonly [ErrorCode, string, string])[] = [
    ['listen-failed', 'cannot listen on UDP 127.0.0.1:1812: bind EADDRINUSE', 'is radgate running already?'],
    ['listen-failed', 'cannot listen on UDP 192.0.2.1:1812: bind EADDRNOTAVAIL', 'no such address'],
    ['listen-failed', 'cannot listen on UDP 0.0.0.0:53: bind EACCES', 'below 1024'],
    ['listen-failed', 'cannot listen on UDP: this host has no usable address', '[listen] auth'],
    ['store-unavailable', 'cannot open the store a/b.db: Error: ENOENT: no such file', 'directory is not there'],
    ['store-unavailable', 'cannot open the store a/b.db: Error: EACCES: permission denied', 'another user'],
    ['store-unavailable', 'a.db cannot be read as a store: SqliteError: file is not a database', 'from a backup'],
    ['store-unavailable', 'cannot open the store a.db: SqliteError: database or disk is full', 'room on the disk'],
    ['store-unavailable', 'cannot open the store postgres://a@b:5432/c: connect ECONNREFUSED', 'PostgreSQL server'],
    ['key-unreadable', 'the key file a.key does not hold a key of 64 hexadecimal digits', '64 hexadecimal digits'],
    ['key-unreadable', 'cannot write the key file a.key: Error: EACCES', 'write in that directory'],
    ['key-unreadable', 'cannot read the key file a.key: Error: EACCES', 'another user'],
    ['exists', '"a" has this key already, in the token "b"', 'another key'],
    ['exists', '"a" has a token "b" already', '--name'],
    ['exists', '"a" is a name of the user "a" already', 'radgate user show'],
  ];

  for (const [code, message, said] of cases)
    it(`${message}: ${said}`, () => expect(new OperatorError(code, message).remedy).to.contain(said));
});
