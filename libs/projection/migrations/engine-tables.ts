import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the read engine keeps for itself in `views`. Projected tables are not migrated: they are built again. */
export class EngineTables1795392000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE views.checkpoints, views.streams, views.readers');
    await runner.query('DROP FUNCTION views.expect');
  }
}

const statements = [
  `CREATE TABLE views.readers (
     reader_group text PRIMARY KEY,
     owner text,
     epoch bigint NOT NULL,
     heartbeat_at timestamptz NOT NULL,
     log_id text,
     position bigint,
     event_position bigint,
     event_id text
   ) WITH (fillfactor = 50)`,
  `COMMENT ON TABLE views.readers IS 'Who reads the log for a group of projections, and how far'`,
  `COMMENT ON COLUMN views.readers.owner IS 'The runner that holds the lease; null when it was given back'`,
  `COMMENT ON COLUMN views.readers.epoch IS 'Raised by each change of owner: a runner with a lower one cannot write'`,
  `COMMENT ON COLUMN views.readers.heartbeat_at IS 'When the owner was last alive, by the clock of this database'`,
  `COMMENT ON COLUMN views.readers.position IS 'Everything of the log up to here has been read; views.streams says what that was'`,
  `CREATE TABLE views.checkpoints (
     name text,
     version integer,
     projected_table text NOT NULL,
     shape text NOT NULL,
     log_id text,
     position bigint,
     event_position bigint,
     event_id text,
     event_at timestamptz,
     PRIMARY KEY (name, version)
   ) WITH (fillfactor = 50)`,
  `COMMENT ON TABLE views.checkpoints IS 'How far each projection has come: its rows reflect the log up to this position, and nothing after it'`,
  `COMMENT ON COLUMN views.checkpoints.shape IS 'A hash of the table''s definition: another one has it built again'`,
  `COMMENT ON COLUMN views.checkpoints.log_id IS 'The log that the rows were made from'`,
  `COMMENT ON COLUMN views.checkpoints.position IS 'The $all commit position up to which the rows reflect the log; null before the first batch'`,
  `COMMENT ON COLUMN views.checkpoints.event_position IS 'Where the last event at or before that position is'`,
  `COMMENT ON COLUMN views.checkpoints.event_id IS 'The id of that event: the log must still hold it there'`,
  `COMMENT ON COLUMN views.checkpoints.event_at IS 'When that event was recorded'`,
  `CREATE TABLE views.streams (
     reader_group text,
     stream text,
     revision bigint NOT NULL,
     PRIMARY KEY (reader_group, stream)
   ) WITH (fillfactor = 80)`,
  `COMMENT ON TABLE views.streams IS 'The last revision that a reader group has seen of each stream: the next event must follow on it'`,
  `CREATE FUNCTION views.expect(what text, counted bigint, expected bigint) RETURNS void LANGUAGE plpgsql AS $$
   BEGIN
     IF counted <> expected THEN
       RAISE EXCEPTION USING ERRCODE = 'FS001', MESSAGE = what, DETAIL = format('%s of %s rows', counted, expected);
     END IF;
   END $$`,
  `COMMENT ON FUNCTION views.expect IS 'Fails the statement that it is part of, and so takes back all of it'`,
];
