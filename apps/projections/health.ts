import type { RunnerStatus } from '#projection/status';
import type { Health } from '#web/readiness';

/** What is parked does not keep the others from being served; a projection that has stopped does not get well by itself. */
export function healthOf({ state, failure, projections }: RunnerStatus): Health {
  const stopped = projections.find((each) => each.failure)?.failure ?? failure;
  const parked = projections.filter((each) => each.parked.keys > 0);
  const lacking = parked.map(
    ({ name, parked: { keys, events } }) => `${name} ${keys} keys, ${events} events`,
  );
  const detail = lacking.length > 0 ? `${state}; parked: ${lacking.join('; ')}` : state;
  const ok = (state === 'live' || state === 'standing-by') && !stopped;
  return { ok, detail: stopped?.message ?? detail };
}
