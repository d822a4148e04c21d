import type { RunnerStatus } from '#projection/status';
import type { Health } from '#web/readiness';

/** What is parked does not keep the others from being served; a projection that has stopped does not get well by itself. */
export function healthOf(status: RunnerStatus): Health {
  const { state, failure, projections, rebuild, rebuildFailure } = status;
  const stopped = projections.find((each) => each.failure)?.failure ?? failure;
  const parked = projections.filter((each) => each.parked.keys > 0);
  const lacking = parked.map(
    ({ name, parked: { keys, events } }) => `${name} ${keys} keys, ${events} events`,
  );
  const percent = rebuild && Math.floor((100 * rebuild.events) / Math.max(1, rebuild.ofEvents));
  const detail = [
    state,
    ...behindOf(status),
    ...(lacking.length > 0 ? [`parked: ${lacking.join('; ')}`] : []),
    ...(rebuild ? [`building: ${rebuild.projections.join(', ')} ${percent} %`] : []),
    ...(rebuildFailure ? [`rebuild stopped: ${rebuildFailure.message}`] : []),
  ].join('; ');
  // A table that is still to be built for this release keeps it from serving; one that is only built again does not.
  const isBuilt = projections.every((each) => each.state !== 'building');
  const ok = (state === 'live' || state === 'standing-by') && !stopped && isBuilt;
  return { ok, detail: stopped?.message ?? detail };
}

/** Which tables wait for the reader, and how long ago what they reflect was recorded. Another process knows while it reads. */
function behindOf({ state, lagMs, projections }: RunnerStatus): string[] {
  if (state !== 'catching-up' && state !== 'retrying') return [];
  const behind = projections.filter((each) => each.state === 'behind');
  const places = behind.map(({ name, position }) => `${name} at ${position ?? 'the start'}`);
  const age = lagMs === undefined ? '' : ` ${Math.ceil(lagMs / 1_000)} s`;
  return places.length > 0 ? [`behind${age}: ${places.join(', ')}`] : [];
}
