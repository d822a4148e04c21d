import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { startPostgres } from '#embedded/postgres';

/** A command that was put to the old release, and what it answered. */
export interface OldAnswer {
  readonly path: string;
  readonly body: unknown;
  readonly key: string;
  readonly by: 'first' | 'second';
  readonly answer: Record<string, unknown>;
  /** The old release's business time. */
  readonly clockAt: string;
}
export interface OldInstallation {
  readonly simulatedFrom: string;
  /** What each contract's life was, and its id. */
  readonly contracts: Readonly<
    Record<'renewing' | 'noticed' | 'disputed' | 'held' | 'ended' | 'draft' | 'young', string>
  >;
  readonly answers: readonly OldAnswer[];
}

/** Puts what a release left behind, kept in test/old-installations, into an empty data folder. */
export async function unpack(name: string, dataDir: string): Promise<OldInstallation> {
  const file = (part: string) => readFileSync(join(import.meta.dirname, '../old-installations', name, part));
  mkdirSync(join(dataDir, 'event-store'));
  writeFileSync(join(dataDir, 'event-store/log.mdb'), gunzipSync(file('log.mdb.gz')));
  const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres'), log: () => undefined });
  const client = new pg.Client(postgres.url);
  try {
    await client.connect();
    await client.query(file('views.sql').toString('utf8'));
  } finally {
    await client.end();
    await postgres.stop();
  }
  return JSON.parse(file('answers.json').toString('utf8')) as OldInstallation; // Written by make.js.
}
