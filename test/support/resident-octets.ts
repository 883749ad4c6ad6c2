import { readFileSync } from 'node:fs';

/** Octets of memory that a process has (proc(5), /proc/PID/status: VmRSS). */
export function residentOctets(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}
