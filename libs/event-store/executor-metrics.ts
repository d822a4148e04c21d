import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Executor } from './execute.js';

/** What the write engine does, for those who watch over it. */
export function measureExecutor(registry: Registry, executor: Executor): void {
  const registers = [registry];
  const commands = new Counter({
    name: 'fourstar_commands_total',
    help: 'Commands by what they came to',
    labelNames: ['command', 'outcome'],
    registers,
  });
  const conflicts = new Counter({
    name: 'fourstar_append_conflicts_total',
    help: 'Appends that found that somebody else had written first, and were decided again',
    registers,
  });
  const bytes = new Histogram({
    name: 'fourstar_event_bytes',
    help: 'Size of a stored event with its envelope',
    buckets: [512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536],
    registers,
  });
  const length = new Histogram({
    name: 'fourstar_stream_events',
    help: 'Events in a stream after an append to it',
    buckets: [1, 10, 30, 100, 300, 1_000, 3_000, 10_000],
    registers,
  });
  executor.observe({
    answered: (command, outcome) => commands.inc({ command, outcome }),
    conflicted: () => conflicts.inc(),
    appended(prepared, revision) {
      for (const event of prepared) bytes.observe(event.bytes);
      length.observe(Number(revision) + 1);
    },
  });
  measureMemory(registry, executor);
}

function measureMemory(registry: Registry, executor: Executor): void {
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      ...{ name, help, registers: [registry] },
      collect() {
        this.set(read());
      },
    });
  const { aggregates } = executor;
  gauge('fourstar_commands_in_flight', 'Commands that are decided or wait for it', () => executor.inFlight);
  gauge('fourstar_aggregates_cached', 'Aggregates that are kept in memory', () => aggregates.count);
  gauge('fourstar_aggregate_cache_bytes', 'What they take in memory, about', () => aggregates.bytes);
}
