import { expect } from 'chai';
import { rest, Scratch } from './scratch.ts';

describe('config: what a rule may not say', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  const pages = '[web]\nlisten = "127.0.0.1:8080"\nurl = "http://localhost:8080"\n';
  const mail =
    '[[provider]]\nname = "mail"\ntype = "smtp"\nchannel = "email"\nserver = "127.0.0.1:25"\ntls = "none"\nfrom = "mfa@corp.example"\n';
  const link = 'decision = "require"\nmethods = "app"\nunenrolled = "link"\n';
  const errors = (lines: string, more = ''): string[] =>
    scratch.errorsOf(`[[policy]]\nname = "one"\n${lines}\n${more}${rest}`);

  it('a link to register is sent by mail, to a page, and to who has no method', () => {
    expect(errors(link, pages + mail)).to.deep.equal([]);
    expect(errors(link, mail)).to.deep.equal([
      '5: unenrolled = "link" in [[policy]] "one" needs the page that users register on: "listen" and "url" in [web]',
    ]);
    expect(errors(link, pages)).to.deep.equal([
      '5: unenrolled = "link" in [[policy]] "one" needs a [[provider]] with the channel "email"',
    ]);
    const useless =
      '4: unenrolled = "link" in [[policy]] "one" needs "methods" without "email": whom the link reaches, a code by mail reaches too';
    expect(errors('decision = "require"\nunenrolled = "link"', pages + mail)).to.deep.equal([useless]);
    expect(errors('decision = "require"\nunenrolled = "link"\nmethods = ["app", "email"]', pages + mail)).to.deep.equal(
      [useless],
    );
    expect(errors('decision = "allow"\nunenrolled = "link"', pages + mail)).to.deep.equal([
      '4: "unenrolled" in [[policy]] "one" is for decision = "require"',
    ]);
  });

  it('opening on an outage is for users or groups that it names', () => {
    const open = 'decision = "require"\non_outage = "allow"\n';
    expect(errors(`${open}group = "VPN"`)).to.deep.equal([]);
    expect(errors(`${open}user = "alice"`)).to.deep.equal([]);
    for (const other of ['', 'not_user = "alice"', 'not_group = "VPN"', 'client = "vpn"', 'network = "192.0.2.0/24"'])
      expect(errors(`${open}${other}`), other).to.deep.equal([
        '4: on_outage = "allow" in [[policy]] "one" needs "user" or "group": it lets in on the password alone',
      ]);
    expect(errors('decision = "allow"\non_outage = "allow"\nuser = "alice"')).to.deep.equal([
      '4: "on_outage" in [[policy]] "one" is for decision = "require"',
    ]);
    expect(
      scratch
        .warningsOf(`[[policy]]\nname = "one"\n${open}user = "alice"\n${rest}`)
        .filter((line) => line.startsWith('4:')),
    ).to.deep.equal([
      '4: [[policy]] "one" lets in on the password alone while nothing can be sent (on_outage = "allow"): also whoever brings that about, and has a password',
    ]);
  });

  it('primaries that are not there, each with its place', () => {
    expect(errors('decision = "allow"\nuser = "alice"\nprimary = "here"')).to.deep.equal([]);
    expect(errors('decision = "deny"\nprimary = ["here",\n"nps"]')).to.deep.equal([
      '5: item 2 of "primary" in [[policy]] "one" names no [[primary]]',
    ]);
    expect(errors('decision = "deny"\nprimary = []')).to.deep.equal([
      '4: "primary" in [[policy]] must not be an empty list',
    ]);
  });

  it('a code alone is for clients that it names, and for nothing that only a primary could tell', () => {
    const alone = 'decision = "code-only"\n';
    expect(errors(`${alone}client = "vpn"\nuser = "alice"`)).to.deep.equal([]);
    expect(errors(alone)).to.deep.equal([
      '3: decision = "code-only" in [[policy]] "one" needs "client": no password is asked for there',
    ]);
    for (const [key, value] of [
      ['group', '"VPN"'],
      ['not_group', '"VPN"'],
      ['enrolled', 'true'],
      ['percent', '20'],
    ] as const)
      expect(errors(`${alone}client = "vpn"\n${key} = ${value}`)).to.deep.equal([
        `5: "${key}" in [[policy]] "one" is not known before a primary is asked: decision = "code-only" asks none`,
      ]);
    expect(
      scratch
        .warningsOf(`[[policy]]\nname = "one"\n${alone}client = "vpn"\n${rest}`)
        .filter((line) => line.startsWith('3:')),
    ).to.deep.equal([
      '3: [[policy]] "one" lets in on the code alone, without a password (decision = "code-only"): anybody who can reach its client may try codes, and lock users by it',
    ]);
  });
});
