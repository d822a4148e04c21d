import { BareClient } from './bare-client.js';
import { appendLane, commandLane, recordScript, Tally } from './commands.js';
import { figure, rateOf, type Figure } from './figure.js';
import { HttpClient } from './http-client.js';
import { alternately, type Lane } from './loops.js';
import { perSecond, type Measuring } from './measuring.js';

const aim = { of: 'ratio', atLeast: 0.4 } as const;
const aimedAt = 32;

/** a. Commands over HTTP against appends of the same events by the bare client, closed loop. */
export async function measureCommands({ id, form, stage, counts, tell }: Measuring): Promise<Figure[]> {
  const { inFlight, ...rounds } = form.appends;
  const system = await stage();
  const bare = await system.keep(Promise.resolve(new BareClient(system.eventStoreUrl)), (it) => it.close());
  const app = await system.app('commands');
  const http = new HttpClient(app, Math.max(...inFlight));
  await system.keep(Promise.resolve(http), async (it) => it.close());
  const script = await recordScript(http, bare);
  const appended = new Tally();
  const commanded = new Tally();
  const figures: Figure[] = [];
  for (const lanes of inFlight) {
    const made = (tally: Tally, lane: () => Lane) => Array.from({ length: lanes }, () => tally.of(lane()));
    const runs = await alternately(
      {
        appends: made(appended, () => appendLane(bare, script)),
        commands: made(commanded, () => commandLane(http)),
      },
      rounds,
      (side, { count, elapsedMs }) =>
        tell(`${lanes} in flight: ${perSecond((count / elapsedMs) * 1_000)} ${side}`),
    );
    figures.push(
      figure({
        id,
        what: `commands over HTTP, ${lanes} in flight`,
        unit: '/s',
        subject: rateOf('commands', runs.commands),
        baselines: [rateOf('bare appends of the same events', runs.appends)],
        ...(lanes === aimedAt && { aim }),
      }),
    );
  }
  const found = { bare: 0, contract: 0 };
  await bare.readAll(({ streamId }) => {
    if (streamId.startsWith('bare-')) found.bare++;
    if (streamId.startsWith('contract-')) found.contract++;
  });
  counts.expect('a: events of acknowledged appends in the log', appended.events, found.bare);
  counts.expect(
    'a: events of acknowledged commands in the log',
    commanded.events + script.flat().length,
    found.contract,
  );
  return figures;
}
