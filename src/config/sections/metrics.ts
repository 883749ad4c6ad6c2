import type { Section } from '../row.ts';
import { metricsListen } from '../values/endpoint.ts';
import { oneOrMore } from '../values/list.ts';

export const metrics = {
  doc: 'Metrics for Prometheus and the health of the service, for programs of the operator. There are none unless listen is set. See docs/monitoring.md.',
  many: false,
  rows: {
    listen: {
      type: oneOrMore(metricsListen),
      example: ['127.0.0.1:9812'],
      doc: 'TCP addresses for /metrics, /livez, /readyz and /healthz, in clear and for whoever reaches them: loopback, or an address of the network that monitoring is in. Never one that users reach.',
    },
  },
} as const satisfies Section;
