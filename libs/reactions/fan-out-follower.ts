import { derivedId } from '#event-store/ids';
import type { Recorded } from '#kernel/recorded';
import { streamOf } from '#kernel/recorded';
import type { Effect, Follower } from './effect.js';
import type { FanOut } from './fan-out.js';
import { fanOutEvents } from './fan-out-events.js';
import type { FanOutOptions } from './fan-out-options.js';
import { FanOutRun, retryParked } from './fan-out-run.js';

/**
 * A fan-out as a reactor runs it: each of its jobs is one effect, and begins and resumes with its cause. While a job goes on, its cause
 * counts as unfinished, so that whoever takes over meets it again; how far it has come stands in the job's own stream.
 */
export function fanOutFollower(fanOut: FanOut, options: FanOutOptions): Follower {
  const { name, version, from } = fanOut;
  const effect = (event: Recorded, id: string, command: string, carryOut: Effect['carryOut']): Effect => ({
    target: streamOf(fanOutEvents.category, id),
    command,
    commandId: derivedId('fan-out', name, event.eventId),
    carryOut,
  });
  return {
    ...{ name, version, from },
    categories: new Set([...fanOut.categories, fanOutEvents.category]),
    effectsOf(event) {
      if (isRetryOf(name, event))
        return [effect(event, event.id, event.type, (permit) => retryParked(fanOut, event, permit, options))];
      const job = fanOut.categories.has(event.category) ? fanOut.jobOf(event) : undefined;
      if (!job) return [];
      const id = derivedId('fan-out', name, event.eventId);
      return [
        effect(event, id, job.type, (permit) =>
          new FanOutRun(name, job, event, id, permit, options).toTheEnd(),
        ),
      ];
    },
  };
}

function isRetryOf(name: string, { type, category, data }: Recorded): boolean {
  return (
    category === fanOutEvents.category &&
    type === 'FanOutRetryRequested' &&
    // The data is that of this type.
    (data as { readonly fanOut: string }).fanOut === name
  );
}
