import { expect } from 'chai';
import type { AuditEvent } from '../../../src/siem/event.ts';
import { formatCef } from '../../../src/siem/format-cef.ts';
import { formatEcs } from '../../../src/siem/format-ecs.ts';
import { formatJson } from '../../../src/siem/format-json.ts';
import { syslogMessage } from '../../../src/siem/syslog.ts';

const at = Date.UTC(2026, 9, 15, 12, 0, 0, 5);
const event: AuditEvent = {
  id: 12,
  chain: 0x1234,
  seq: 7,
  at,
  loginId: 'l1',
  userId: 'u1',
  userName: 'CORP\\alice',
  account: 'alice',
  firstName: 'A****',
  lastName: 'S****',
  email: 'a****@corp.example',
  phone: '+41 ** ** ** 67',
  client: 'vpn',
  clientAddress: '192.0.2.1',
  callingStationId: '198.51.100.7',
  device: null,
  application: 'the VPN',
  serverAddress: '192.0.2.9:1812',
  primary: 'nps',
  protocol: 'pap',
  method: 'totp',
  token: 'SN-7',
  result: 'accept',
  reason: 'accepted',
  latency: 12,
  spentMs: { primary: 8, store: 3, approval: null },
  node: 'radgate-1',
  actor: null,
  changedFrom: null,
  changedTo: null,
};

describe('events for a SIEM', () => {
  it('are JSON with the names of the report', () => {
    expect(JSON.parse(formatJson(event))).to.deep.include({
      id: '000000001234-7',
      time: '2026-10-15T12:00:00.005Z',
      node: 'radgate-1',
      user: 'CORP\\alice',
      account: 'alice',
      device: '198.51.100.7',
      method: 'totp',
      result: 'accept',
      reason: 'accepted',
      primary_ms: 8,
    });
    expect(JSON.parse(formatJson(event))).not.to.have.any.keys('actor', 'changed_from');
  });

  it('are JSON in the fields of ECS', () => {
    const ecs = JSON.parse(formatEcs(event)) as Record<string, unknown>;
    expect(ecs).to.deep.include({
      '@timestamp': '2026-10-15T12:00:00.005Z',
      user: { name: 'alice', id: 'u1', email: 'a****@corp.example', full_name: 'A**** S****' },
      source: { address: '198.51.100.7', ip: '198.51.100.7' },
    });
    expect(ecs).not.to.have.property('rule');
    expect(JSON.parse(formatEcs({ ...event, rule: 'office' }))).to.deep.include({
      rule: { name: 'office', ruleset: 'policy' },
    });
    expect(ecs['event']).to.deep.include({ category: ['authentication'], outcome: 'success', action: 'accepted' });
    const change = JSON.parse(
      formatEcs({ ...event, result: 'change', reason: 'user-set: phone', userName: '-', account: null, actor: 'root' }),
    ) as Record<string, unknown>;
    expect(change['event']).to.deep.include({ category: ['configuration'], action: 'user-set' });
    expect(change['radgate']).to.deep.include({ actor: 'root' });
    const mac = JSON.parse(formatEcs({ ...event, callingStationId: '02-00-00-00-00-01' })) as Record<string, unknown>;
    expect(mac['source']).to.deep.equal({ address: '02-00-00-00-00-01' });
  });

  it('are CEF, whose own characters are escaped', () => {
    expect(formatCef(event)).to.equal(
      `CEF:0|radgate|radgate|1|accepted|accept: accepted|1|rt=${at} externalId=000000001234-7 dvchost=radgate-1 duser=alice duid=u1 src=198.51.100.7 act=accept reason=accepted app=the VPN cs1=vpn cs1Label=client cs2=nps cs2Label=primary cs3=totp cs3Label=method cs4=l1 cs4Label=login cs5=SN-7 cs5Label=token cs6=198.51.100.7 cs6Label=device cn1=12 cn1Label=latency_ms`,
    );
    expect(formatCef({ ...event, rule: 'a=b' })).to.contain(String.raw` flexString1=a\=b flexString1Label=rule `);
    const odd = formatCef({ ...event, account: null, userName: String.raw`a=b\c|d`, client: 'x=1', application: null });
    expect(odd).to.contain(String.raw` duser=a\=b\\c|d `);
    expect(odd).to.contain(String.raw` cs1=x\=1 `);
  });

  it('are one line, whatever a name holds: nothing in it ends a line, moves a cursor or turns the direction', () => {
    const evil = 'a\r\n<14>1 - forged\u001b[2K\u202eevil\u2066\u2028\u0085\u007f';
    const forged: AuditEvent = {
      ...event,
      account: evil,
      userName: evil,
      client: evil,
      callingStationId: evil,
      node: evil,
      token: evil,
      reason: `user-set: ${evil}`,
      result: 'change',
      changedTo: JSON.stringify({ phone: evil }),
      actor: evil,
    };
    for (const format of [formatJson, formatEcs, formatCef]) {
      const text = syslogMessage(forged, format(forged), 42).toString();
      expect(text, format.name).not.to.match(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }
  });

  it('are RFC 5424, with a severity by what they tell', () => {
    const head = (more: Partial<AuditEvent>): string => syslogMessage({ ...event, ...more }, 'TEXT', 42).toString();
    expect(head({})).to.equal('<86>1 2026-10-15T12:00:00.005Z radgate-1 radgate 42 accepted - TEXT');
    expect(head({ result: 'reject', reason: 'code-wrong-last' })).to.match(/^<84>1 .* code-wrong-last - TEXT$/);
    expect(head({ result: 'answer', reason: 'approval-fraud' })).to.match(/^<81>/);
    expect(head({ result: 'change', reason: 'user-set: phone' })).to.match(/^<85>1 .* user-set - TEXT$/);
    expect(head({ node: null })).to.contain(' - radgate 42 ');
    expect(head({ node: 'ré sumé' })).to.contain(' r??sum? radgate ');
  });
});
