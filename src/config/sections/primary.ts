import type { Section } from '../row.ts';
import { choice } from '../values/choice.ts';
import { duration } from '../values/duration.ts';
import { accountingServer, serverEndpoint } from '../values/endpoint.ts';
import { localAddress } from '../values/ip.ts';
import { filePath } from '../values/file-path.ts';
import { flag } from '../values/flag.ts';
import { attributeName, distinguishedName, dnTemplate, ldapFilter, ldapUrl } from '../values/ldap.ts';
import { oneOrMore } from '../values/list.ts';
import { password } from '../values/password.ts';
import { sharedSecret } from '../values/shared-secret.ts';
import { name, text } from '../values/text.ts';
import { wholeNumber } from '../values/whole-number.ts';

export const primary = {
  doc: 'Where passwords are checked.',
  many: true,
  needed: 'it says where passwords are checked',
  rows: {
    name: {
      type: name,
      required: true,
      example: 'nps',
      doc: 'What [[client]] primary, logs and audit rows call it; unique.',
    },
    type: {
      type: choice('radius', 'ldap', 'local'),
      required: true,
      example: 'radius',
      doc: '"radius": another RADIUS server, such as NPS or FreeRADIUS. "ldap": Active Directory, OpenLDAP, FreeIPA and their like. "local": users of radgate\'s own store, made with "radgate user add".',
    },
  },
  variants: {
    radius: {
      server: {
        type: oneOrMore(serverEndpoint),
        required: true,
        example: ['192.0.2.5:1812', '192.0.2.6:1812'],
        doc: 'The servers, in the order in which they are asked: the next one when one is silent.',
      },
      mode: {
        type: choice('fail-over', 'load-balance'),
        default: 'fail-over',
        doc: '"fail-over" asks the first server that is alive, "load-balance" the one that has the fewest requests to answer. The rounds of one login stay with one server.',
      },
      secret: {
        type: sharedSecret,
        required: true,
        example: 'nps.secret',
        doc: 'The secret that these servers have for radgate as their client, 16 octets or more.',
      },
      message_authenticator: {
        type: choice('require', 'auto', 'off'),
        default: 'auto',
        doc: 'Whether their replies must carry Message-Authenticator, which stops forgeries (CVE-2024-3596). "require" for servers patched since July 2024; "auto" requires it of a server once it has sent one; "off" leaves forgeries possible.',
      },
      timeout: {
        type: duration('100ms', '30s'),
        default: '2s',
        doc: 'How long each try waits for a reply. Raise it for a server far away or one that asks others.',
      },
      tries: {
        type: wholeNumber(1, 10),
        default: 2,
        doc: 'Requests sent to each server before the next one is asked. All tries of all servers stay within the deadline of the client.',
      },
      probe: {
        type: choice('status-server', 'user', 'none'),
        default: 'status-server',
        doc: 'How radgate learns that a server is gone, or back, without a login having to wait for it. "status-server" asks with Status-Server (RFC 5997) and minds silence only of a server that has answered one: NPS never does. "user", best for NPS, logs probe_user in; any reply will do, a Reject too. "none" leaves it to the logins: one of them tries a silent server again after each probe_interval.',
      },
      probe_interval: {
        type: duration('5s', '10m'),
        default: '30s',
        doc: 'How often a server that is alive is probed. A silent one is probed every 3 s, and is alive again after three answers or one to a login.',
      },
      probe_user: {
        type: text(1, 253),
        example: 'radgate-probe',
        doc: 'With probe = "user": an account that may do nothing. It is better not to have one with that name at all: a Reject is answer enough, and no account can be locked.',
      },
      probe_password: {
        type: password,
        example: 'probe.password',
        doc: 'With probe = "user": what is sent as its password.',
      },
      accounting_server: {
        type: oneOrMore(accountingServer),
        derived: 'the same hosts as `server`, each at its port + 1',
        example: ['192.0.2.5:1813', '192.0.2.6:1813'],
        doc: 'Where Accounting-Requests are relayed to, with the same secret; see [listen] acct.',
      },
      outer_identity: {
        type: choice('unproven', 'named', 'verified'),
        default: 'unproven',
        doc: 'Who an EAP login is of: the name outside the tunnel is whatever the user writes, so "unproven" rejects EAP. "named" once these servers put the name inside the tunnel into User-Name of the Access-Accept, which must be set up (docs/primaries.md): FreeRADIUS by itself puts the outer one there. "verified" if they refuse an outer name that is not the inner one.',
      },
      source: {
        type: localAddress,
        example: '192.0.2.2',
        doc: 'The address of this host to send from, where it has several and the server knows radgate by one of them.',
      },
    },
    ldap: {
      directory: {
        type: choice('ad', 'openldap', 'freeipa'),
        required: true,
        example: 'ad',
        doc: 'What kind of directory it is: how it tells of locked and expired accounts and of groups, and what the options below are when left out. "openldap" does for others too.',
      },
      server: {
        type: oneOrMore(ldapUrl),
        required: true,
        example: ['ldaps://dc1.corp.example', 'ldaps://dc2.corp.example'],
        doc: 'The servers, in the order in which they are asked, each by a name that is in its certificate. "ldaps" has TLS from the start, "ldap" turns it on with StartTLS.',
      },
      start_tls: {
        type: flag,
        default: true,
        doc: 'Whether "ldap" servers are asked for TLS. false is for those on this host: elsewhere every password would be readable on the way.',
      },
      allow_plaintext: {
        type: flag,
        default: false,
        doc: 'With start_tls = false: true sends passwords in clear to other hosts too. A warning at every start.',
      },
      ca_file: {
        type: filePath,
        example: 'corp-ca.pem',
        doc: 'The certificate authority that issued the certificates of the servers, in PEM. Without it those count that Node.js trusts.',
      },
      tls_min_version: {
        type: choice('1.2', '1.3'),
        default: '1.2',
        doc: 'The oldest version of TLS that is spoken.',
      },
      base_dn: {
        type: distinguishedName,
        required: true,
        example: 'DC=corp,DC=example',
        doc: 'Where users are looked for: it and all below.',
      },
      bind_dn: {
        type: text(1, 1024),
        example: 'CN=radgate,OU=Service,DC=corp,DC=example',
        doc: 'The account that looks users up and reads their state and groups; in Active Directory also as user@suffix. It needs to read and nothing else.',
      },
      bind_password: {
        type: password,
        example: 'ldap.password',
        doc: 'Its password.',
      },
      bind: {
        type: choice('search', 'name', 'dn'),
        default: 'search',
        doc: 'How a password is tried. "search": the user is looked up with bind_dn, and bound as the entry found. "name" (Active Directory): as the user types it, user@suffix or DOMAIN\\user. "dn": as dn_template. The last two work without bind_dn where users may read their own entry.',
      },
      upn_suffix: {
        type: name,
        example: 'corp.example',
        doc: 'With bind = "name": what is put behind the "@" of a name that has no domain.',
      },
      dn_template: {
        type: dnTemplate,
        example: 'uid={user},ou=people,dc=corp,dc=example',
        doc: 'With bind = "dn": the entry of a user; the name that was typed is put in as a value, whatever is in it.',
      },
      user_attributes: {
        type: oneOrMore(attributeName),
        derived: 'by `directory`: sAMAccountName and userPrincipalName; else uid',
        example: ['sAMAccountName', 'userPrincipalName', 'mail'],
        doc: 'One of these holds the name that users type, and only one entry may have it. Take none that users can change themselves. DOMAIN\\user of the own domain is understood in Active Directory.',
      },
      user_filter: {
        type: ldapFilter,
        derived: 'by `directory`: people, not computers',
        example: '(&(objectCategory=person)(objectClass=user))',
        doc: 'Who does not match it is nobody.',
      },
      name_attributes: {
        type: oneOrMore(attributeName),
        derived: 'user_attributes',
        example: ['userPrincipalName', 'sAMAccountName'],
        doc: 'These hold the names by which radgate knows the user, whatever was typed; in Active Directory DOMAIN\\user is one too.',
      },
      group_base_dn: {
        type: distinguishedName,
        derived: 'base_dn',
        example: 'DC=corp,DC=example',
        doc: 'Where groups are looked for: it and all below.',
      },
      require_group: {
        type: oneOrMore(text(1, 1024)),
        example: ['VPN users'],
        doc: 'Who is in none of these groups, directly or by way of others, is refused. By name, or by DN where several have the name.',
      },
      phone_attributes: {
        type: oneOrMore(attributeName),
        default: ['mobile', 'telephoneNumber'],
        doc: 'The first of these that has a value is the telephone number of the user.',
      },
      mail_attributes: {
        type: oneOrMore(attributeName),
        default: ['mail'],
        doc: 'The first of these that has a value is the mail address of the user.',
      },
      password_encoding: {
        type: choice('utf-8', 'latin1'),
        default: 'utf-8',
        doc: 'How the clients send passwords; directories want UTF-8. "latin1" for devices that send ISO-8859-1, so that umlauts arrive.',
      },
      timeout: {
        type: duration('100ms', '30s'),
        default: '2s',
        doc: 'How long each server may take for the whole of a login before the next one is asked; all servers stay within the deadline of the client.',
      },
    },
    local: {
      keep: {
        type: choice('hash', 'nt-hash', 'password'),
        default: 'hash',
        doc: 'What is kept of a password when it is set. "hash": enough for PAP. "nt-hash": its NT hash too, sealed, for MS-CHAPv2; whoever has it can log in. "password": the password itself, sealed, for CHAP and MS-CHAPv2; whoever has the store and its key can read it. Of several local primaries the one that keeps most decides. See docs/primaries/local.md.',
      },
    },
  },
} as const satisfies Section;
