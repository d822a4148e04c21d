import type { ValueTransformer } from 'typeorm';
import { instantOfEpochMs } from '#kernel/time';

/** `bigint` in TypeScript for a `bigint` column, which `pg` reads as text. For positions, revisions and amounts. */
export const positionColumn: ValueTransformer = {
  to: (value: bigint | null) => (value === null ? null : String(value)),
  from: (value: string | null) => (value === null ? null : BigInt(value)),
};

/** `Instant` in TypeScript for a `timestamptz` column, which `pg` reads as a Date. */
export const instantColumn: ValueTransformer = {
  to: (value: string | null) => value,
  from: (value: Date | null) => (value === null ? null : instantOfEpochMs(value.getTime())),
};
