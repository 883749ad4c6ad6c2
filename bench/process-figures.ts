import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const ticks = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Seconds of CPU that a process, its threads and the processes that it started have used until now, in steps of 10 ms (proc(5), /proc/PID/stat: utime and stime). */
export function cpuSeconds(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  const ofChildren = children === '' ? [] : children.split(' ').map((child) => cpuSeconds(Number(child)));
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the program, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ofChildren.reduce((sum, one) => sum + one, (Number(fields[11]) + Number(fields[12])) / ticks);
}
