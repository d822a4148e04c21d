import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The registry of one application, with the process' own figures. Inject `Registry` to add to it. */
export function newRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

/** How long requests took, by route template: no id ever becomes a label. */
export const httpDurations = (registry: Registry) =>
  new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });

export const requestsInFlight = (registry: Registry, read: () => number) =>
  new Gauge({
    name: 'http_requests_in_flight',
    help: 'Requests that are being worked on',
    registers: [registry],
    collect() {
      this.set(read());
    },
  });
