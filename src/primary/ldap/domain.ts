import { EqualityFilter } from 'ldapts';
import type { LdapConnection, TimeLeft } from './connection.ts';
import { textOf } from './entry.ts';

/** What a domain of Active Directory is called. */
export interface Domain {
  /** As in `CORP\alice`. */
  readonly netbios: string | undefined;
  /** As in `alice@corp.example`. */
  readonly dns: string | undefined;
}

/** Reads the names of a domain from its crossRef: MS-ADTS §6.1.1.2.1.1. @throws LdapRefused, LdapTrouble */
export async function readDomain(connection: LdapConnection, left: TimeLeft): Promise<Domain> {
  const contexts = ['defaultNamingContext', 'configurationNamingContext'] as const;
  const [root] = await connection.search({ base: '', scope: 'base', attributes: contexts, limit: 1 }, left);
  const [naming, configuration] = contexts.map((attribute) => root && textOf(root, attribute));
  if (naming === undefined || configuration === undefined) return { netbios: undefined, dns: undefined };
  const [reference] = await connection.search(
    {
      base: `CN=Partitions,${configuration}`,
      scope: 'sub',
      filter: new EqualityFilter({ attribute: 'nCName', value: naming }),
      attributes: ['nETBIOSName', 'dnsRoot'],
      limit: 1,
    },
    left,
  );
  return { netbios: reference && textOf(reference, 'nETBIOSName'), dns: reference && textOf(reference, 'dnsRoot') };
}
