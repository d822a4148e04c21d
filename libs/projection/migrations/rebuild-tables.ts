import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where tables are built beside the live ones, and where those are kept that were live before: schemas of their own. */
export class RebuildTables1796083200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA views_next, views_kept CASCADE');
    await runner.query('ALTER TABLE views.checkpoints DROP COLUMN generation');
    await runner.query('ALTER TABLE views.readers DROP COLUMN events');
  }
}

const statements = [
  // Whoever drops `views` drops what is known about these two: nothing in them could be used again.
  `DROP SCHEMA IF EXISTS views_next, views_kept CASCADE`,
  `CREATE SCHEMA views_next`,
  `CREATE SCHEMA views_kept`,
  `COMMENT ON SCHEMA views_next IS 'Tables that are being built, to take the places of those in views'`,
  `COMMENT ON SCHEMA views_kept IS 'Tables that were live before those in views: a roll-back goes on from them'`,
  `ALTER TABLE views.readers ADD COLUMN events bigint NOT NULL DEFAULT 0`,
  `UPDATE views.readers r SET events =
     (SELECT coalesce(sum(revision + 1), 0) FROM views.streams s WHERE s.reader_group = r.reader_group)`,
  `COMMENT ON COLUMN views.readers.events IS 'How many events have been read up to the position'`,
  `ALTER TABLE views.checkpoints ADD COLUMN generation integer`,
  `COMMENT ON COLUMN views.checkpoints.generation IS 'The last rebuild that was asked for and that this table is the outcome of; null while it is made for the first time'`,
  `CREATE TABLE views_next.checkpoints (LIKE views.checkpoints INCLUDING ALL,
     phase text NOT NULL, restored boolean NOT NULL, began_at timestamptz NOT NULL DEFAULT now(), UNIQUE (name))`,
  `COMMENT ON COLUMN views_next.checkpoints.phase IS 'loading: without its indexes; following: complete, and waiting to be swapped in'`,
  `COMMENT ON COLUMN views_next.checkpoints.restored IS 'It was live before, and was kept'`,
  `CREATE TABLE views_kept.checkpoints (LIKE views.checkpoints INCLUDING ALL, UNIQUE (name))`,
];
