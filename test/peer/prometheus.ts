import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startDaemon } from './daemon.ts';
import { freeTcpPort } from './free-port.ts';

/** One series of an answer: its labels and its value now. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [at: number, value: string];
}

/** A rule as Prometheus judged it. */
export interface Rule {
  readonly name: string;
  readonly health: string;
  readonly state?: string;
  readonly lastError?: string;
}

export interface Prometheus {
  /** `http://host:port` */
  readonly url: string;
  /** The value of an expression now. @throws Error if it is none, or no vector */
  query(expression: string): Promise<readonly Sample[]>;
  rules(): Promise<readonly Rule[]>;
  readonly stop: () => Promise<void>;
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: {
    readonly resultType?: string;
    readonly result?: readonly Sample[];
    readonly groups?: readonly { readonly rules: readonly Rule[] }[];
  };
}

/** Starts a real Prometheus on loopback that scrapes `target` twice a second. @param target as host:port @param rules the file of its rules */
export async function startPrometheus(dir: string, target: string, rules: string): Promise<Prometheus> {
  const port = await freeTcpPort('127.0.0.1');
  const file = join(dir, 'prometheus.yml');
  await writeFile(
    file,
    `global: { scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms }
rule_files: [${JSON.stringify(rules)}]
scrape_configs:
  - job_name: radgate
    static_configs: [{ targets: [${JSON.stringify(target)}] }]
`,
  );
  const { stop } = await startDaemon({
    name: 'prometheus',
    command: 'prometheus',
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(dir, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.format=json',
    ],
    isReady: (log) => log.waitFor((line) => line.includes('Server is ready'), 'its readiness'),
  });
  const url = `http://127.0.0.1:${port}`;
  const ask = async (path: string): Promise<Answer['data']> => {
    const answer = (await (await fetch(`${url}/api/v1/${path}`)).json()) as Answer;
    if (answer.status !== 'success') throw new Error(`${decodeURIComponent(path)}: ${answer.error}`);
    return answer.data;
  };
  return {
    url,
    query: async (expression) => {
      const { resultType, result } = await ask(`query?query=${encodeURIComponent(expression)}`);
      if (resultType !== 'vector' || !result) throw new Error(`${expression} is a ${resultType}`);
      return result;
    },
    rules: async () => ((await ask('rules')).groups ?? []).flatMap((group) => group.rules),
    stop,
  };
}
