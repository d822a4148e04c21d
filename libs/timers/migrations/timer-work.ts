import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Claims and attempts of due deadlines. Disposable: what is due follows from `deadlines`, and that from the log. */
export class TimerWork1795392000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE views.timer_work (
        stream text NOT NULL,
        command text NOT NULL,
        generation text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        leased_until timestamptz,
        not_before timestamptz NOT NULL DEFAULT now(),
        answered_position bigint,
        parked_at timestamptz,
        cause text,
        PRIMARY KEY (stream, command, generation)
      )`);
    await runner.query(`
      CREATE INDEX timer_work_parked ON views.timer_work (parked_at) WHERE parked_at IS NOT NULL`);
    await runner.query(`
      CREATE TABLE views.timer_workers (
        worker text PRIMARY KEY,
        heartbeat_at timestamptz NOT NULL
      )`);
    for (const [object, text] of comments) await runner.query(`COMMENT ON ${object} IS '${text}'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE views.timer_work, views.timer_workers');
  }
}

const comments = [
  ['TABLE views.timer_work', 'Due deadlines that a timer worker has taken up: claims, attempts, parked ones'],
  ['COLUMN views.timer_work.leased_until', 'Until then one worker alone deals with it'],
  ['COLUMN views.timer_work.not_before', 'When it may be tried again after a failure'],
  [
    'COLUMN views.timer_work.answered_position',
    'Log position that the last answer rests on; left alone until deadlines has passed it',
  ],
  ['COLUMN views.timer_work.parked_at', 'When it was set aside for a person; it blocks nobody else'],
  ['COLUMN views.timer_work.cause', 'Why it failed last'],
  ['TABLE views.timer_workers', 'The living timer workers'],
] as const;
