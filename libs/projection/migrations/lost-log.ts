import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Where whoever writes the tables tells their readers that the log is no longer the one that they come from. */
export class LostLog1795392000020 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE views.readers ADD COLUMN lost_log text');
    await runner.query(
      `COMMENT ON COLUMN views.readers.lost_log IS 'What was found when the log turned out not to be the one that the tables come from: they are not to be read until they are rebuilt'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE views.readers DROP COLUMN lost_log');
  }
}
