import { Gauge, type Registry } from 'prom-client';
import type { RunnerStatus } from '#projection/status';

/** Adds to /metrics how the runner of the tables stands. */
export function measureRunner(registry: Registry, status: () => RunnerStatus): void {
  measureLag(registry, status);
  measureParked(registry, status);
  measureRebuild(registry, status);
}

function measureLag(registry: Registry, status: () => RunnerStatus): void {
  new Gauge({
    name: 'fourstar_projection_lag_seconds',
    help: 'Age of the last event that the tables reflect while they are behind; 0 when live',
    registers: [registry],
    collect() {
      this.set((status().lagMs ?? 0) / 1_000);
    },
  });
  new Gauge({
    name: 'fourstar_projection_position',
    help: 'Log position that a projection has reached',
    labelNames: ['projection'],
    registers: [registry],
    collect() {
      for (const { name, position } of status().projections) {
        this.set({ projection: name }, Number(position ?? 0n));
      }
    },
  });
}

function measureParked(registry: Registry, status: () => RunnerStatus): void {
  for (const what of ['keys', 'events'] as const) {
    new Gauge({
      name: `fourstar_projection_parked_${what}`,
      help: `How many ${what} are parked in a projection: its table lacks them`,
      labelNames: ['projection'],
      registers: [registry],
      collect() {
        for (const { name, parked } of status().projections) this.set({ projection: name }, parked[what]);
      },
    });
  }
}

function measureRebuild(registry: Registry, status: () => RunnerStatus): void {
  const figures = [
    ['events', 'events', 'How many events the tables that are being built have come to'],
    ['events_to_do', 'ofEvents', 'How many events the live tables had come to at the last look'],
    ['events_per_second', 'eventsPerSecond', 'How fast tables are being built'],
  ] as const;
  for (const [name, figure, help] of figures) {
    new Gauge({
      name: `fourstar_rebuild_${name}`,
      help: `${help}; 0 while none is`,
      registers: [registry],
      collect() {
        this.set(status().rebuild?.[figure] ?? 0);
      },
    });
  }
}
