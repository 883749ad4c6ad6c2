import { hostname } from 'node:os';

/** How much of a detail of a person rows hold. */
export type Shown = 'off' | 'masked' | 'full';

/** How the audit is written: part of what a store is opened with. */
export interface AuditSettings {
  /** Names this host. */
  readonly node: string;
  readonly firstName: Shown;
  readonly lastName: Shown;
  readonly email: Shown;
  readonly phone: Shown;
}

/** This host by its name, and all details masked. */
export function usualAudit(): AuditSettings {
  return { node: hostname(), firstName: 'masked', lastName: 'masked', email: 'masked', phone: 'masked' };
}
