import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the read engine could not apply, for people to see and to repair. */
export class ParkedTable1795910400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE views.parked');
  }
}

const statements = [
  `CREATE TABLE views.parked (
     projected_table text,
     position bigint,
     projection text NOT NULL,
     version integer NOT NULL,
     key text NOT NULL,
     event_id text NOT NULL,
     type text NOT NULL,
     stream text NOT NULL,
     revision bigint NOT NULL,
     error text,
     attempts integer NOT NULL,
     parked_at timestamptz NOT NULL DEFAULT now(),
     PRIMARY KEY (projected_table, position)
   )`,
  `CREATE INDEX parked_key ON views.parked (projection, key)`,
  `COMMENT ON TABLE views.parked IS 'Events that a projection could not apply, and those that wait behind them: what its table lacks'`,
  `COMMENT ON COLUMN views.parked.projected_table IS 'The table that lacks it; another one while it is built beside the live one'`,
  `COMMENT ON COLUMN views.parked.position IS 'The $all commit position of the event'`,
  `COMMENT ON COLUMN views.parked.version IS 'The version of the projection'`,
  `COMMENT ON COLUMN views.parked.key IS 'What it was parked by: all later events with this key follow it'`,
  `COMMENT ON COLUMN views.parked.error IS 'Why it could not be applied; null when it only waits behind another one'`,
  `COMMENT ON COLUMN views.parked.attempts IS 'How often it was tried'`,
];
