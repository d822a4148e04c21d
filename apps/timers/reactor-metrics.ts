import { Gauge, type Registry } from 'prom-client';
import type { ReactorStatus } from '#reactions/status';

const gauges: readonly { name: string; help: string; of: (status: ReactorStatus) => number | undefined }[] = [
  {
    name: 'fourstar_reaction_position',
    help: 'The position in the log up to which everything is done, refused or parked',
    of: ({ position }) => (position === undefined ? undefined : Number(position)),
  },
  {
    name: 'fourstar_reaction_lag_seconds',
    help: 'How long the oldest event has waited that something still has to follow from; told by the process that works',
    of: ({ lagMs }) => lagMs && lagMs / 1_000,
  },
  {
    name: 'fourstar_reaction_parked',
    help: 'Targets set aside for a person',
    of: ({ parked }) => parked.length,
  },
  {
    name: 'fourstar_reaction_stopped',
    help: '1 when it has stopped for good and needs a person or another release',
    of: ({ failure }) => (failure ? 1 : 0),
  },
];

/** Adds to /metrics how each reaction and fan-out stands. What this process does not know is left out. */
export function measureReactors(registry: Registry, standing: () => readonly ReactorStatus[]): void {
  for (const { name, help, of } of gauges) {
    new Gauge({
      name,
      help,
      labelNames: ['reaction'] as const,
      registers: [registry],
      collect() {
        this.reset();
        for (const status of standing()) {
          const value = of(status);
          if (value !== undefined) this.set({ reaction: status.name }, value);
        }
      },
    });
  }
}
