import { afterEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { until } from '../support/projecting.js';
import { freshDatabase } from '../support/postgres.js';

const script = fileURLToPath(new URL('../../libs/projection/fixtures/projector.mjs', import.meta.url));
const events = 5_000;
const accounts = 40;
const leaseMs = 600;

/** A projector in a process of its own, and what it says of itself. */
class Projector {
  state = 'none';
  position = 0;
  error = 'none';
  readonly ended: Promise<unknown>;
  private readonly child: ChildProcess;

  constructor(url: string) {
    const args = [script, url, String(events), String(leaseMs)];
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.ended = new Promise((resolve) => this.child.once('exit', resolve));
    living.push(this);
    if (!this.child.stdout) throw new Error('its output is a pipe');
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const [state = '', position, error = ''] = line.split(' ');
      [this.state, this.position, this.error] = [state, Number(position), error];
    });
  }

  get reads(): boolean {
    return this.state === 'catching-up' || this.state === 'live';
  }

  async signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): Promise<void> {
    this.child.kill(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await this.ended;
  }

  /** Waits until it has written something of its own. */
  async goesOn(): Promise<void> {
    await until(
      () => this.reads,
      () => `${this.state} ${this.error}`,
    );
    const { position } = this;
    await until(() => this.position > position || this.position === events);
  }

  standsBy(): Promise<void> {
    return until(
      () => this.state === 'standing-by',
      () => this.state,
    );
  }
}

const living: Projector[] = [];

afterEach(async () => {
  await Promise.all(living.splice(0).map((projector) => projector.signal('SIGKILL')));
});

/** Waits until one of them has written something of its own. */
async function owner(among: readonly Projector[]): Promise<Projector> {
  const reading = () => among.find(({ reads }) => reads);
  await until(
    () => reading() !== undefined,
    () => among.map(({ state, error }) => `${state} ${error}`).join(),
  );
  const found = reading() ?? owner(among);
  await (await found).goesOn();
  return found;
}

test('whichever projector is killed, stopped or asleep, another goes on, and every event is applied once', async () => {
  const { url, drop } = await freshDatabase();
  const all = [1, 2, 3].map(() => new Projector(url));
  for (const each of all) await until(() => each.state !== 'none');
  const without = (...gone: Projector[]) => all.filter((each) => !gone.includes(each));
  const first = await owner(all);
  for (const other of without(first)) await other.standsBy();

  await first.signal('SIGKILL');
  const second = await owner(without(first));

  await second.signal('SIGSTOP');
  const third = await owner(without(first, second));
  await second.signal('SIGCONT');
  await second.standsBy();
  expect(second.error).toBe('TakenOver');

  await third.signal('SIGTERM');
  await second.goesOn();
  expect(second.position).toBeLessThan(events);
  await until(() => second.position === events);
  expect(await totals(url)).toEqual([{ accounts, least: events / accounts, most: events / accounts }]);
  await second.signal('SIGTERM');
  await drop();
}, 60_000);

/** Of payments and of fen, which each event adds 1 to. */
async function totals(url: string): Promise<unknown> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(
    `SELECT count(*)::int AS accounts, min(least(payments, fen)) AS least, max(greatest(payments, fen)) AS most
     FROM views.paid`,
  );
  await client.end();
  return rows;
}
