import { expect } from 'chai';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { X509Certificate } from 'node:crypto';
import { certificateEnd } from '../../../src/observe/certificate-end.ts';
import { makeCertificate } from '../../peer/certificate.ts';

describe('certificateEnd', () => {
  const day = 86_400_000;
  let pem: string;
  let end: number;
  before(async () => {
    const dir = mkdtempSync(join(tmpdir(), 'radgate-end-'));
    pem = readFileSync((await makeCertificate(dir, 'a.example')).certificate, 'utf8');
    rmSync(dir, { recursive: true });
    end = Date.parse(new X509Certificate(pem).validTo);
  });

  it('is silent until 30 days before the end', () => {
    expect(certificateEnd(pem, 'own', end - 30 * day)).to.equal(undefined);
    expect(certificateEnd(pem, 'own', end - 30 * day + 1)).to.contain('in 29 days');
    expect(certificateEnd(pem, 'authorities', end - 1)).to.contain('in 0 days');
  });

  it('tells of one that has ended', () => {
    expect(certificateEnd(pem, 'own', end)).to.match(/^has ended on \d{4}-\d\d-\d\d: renew it$/);
  });

  it('tells of files without one, and of one that is broken', () => {
    expect(certificateEnd('', 'own', end)).to.contain('no certificate');
    const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----';
    expect(certificateEnd(broken, 'own', end)).to.contain('cannot be read');
  });
});
