import type { ReactorStatus } from '#reactions/status';
import type { TimerStatus } from '#timers/status';
import type { Health } from '#web/readiness';

/** What is behind: work that is due waits for a worker, what is parked for a person. */
export function timersInWords({ due, oldestDueAgeSeconds, parked, held }: TimerStatus): string {
  const waiting = due > 0 ? `${due} due, the oldest for ${Math.ceil(oldestDueAgeSeconds)} s` : 'nothing due';
  return `${waiting}, ${parked} parked, ${held} held`;
}

/** Well is who works or stands by for one who does. What is parked waits for a person, and the rest goes on. */
export function reactionsHealth(standing: readonly ReactorStatus[]): Health {
  const behind = standing.filter(({ state }) => state !== 'live' && state !== 'standing-by');
  const parked = standing.reduce((sum, each) => sum + each.parked.length, 0);
  const words = behind.map(
    ({ name, state, position }) => `${name} is ${state} at ${position ?? 'the start'}`,
  );
  return { ok: behind.length === 0, detail: [...words, `${parked} targets parked`].join('; ') };
}
