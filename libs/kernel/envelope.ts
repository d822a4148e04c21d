import { z } from 'zod';
import { reasonCode, reference } from './text.js';
import { instant } from './time.js';
import { trace } from './trace.js';

/** Where a customer or clerk was when something was asked. One enumeration for the whole system (domain 1.1.2, 4.2). */
export const channel = z.enum([
  'hall',
  'experience-hall',
  'hotline',
  'online-hall',
  'sms-hall',
  'e-mail',
  'carrier-referral',
  'service',
  'system',
]);

/** A stream and the revision of it that a decision rested on. */
export const basis = z.object({ stream: z.string(), revision: z.string() });

/**
 * What every event says besides its data: who, when, why, on whose authority, because of what, under which rules.
 * Stored as the event's metadata; nothing in it is personal. `$correlationId` and `$causationId` carry EventStoreDB's own
 * names, so that its tools follow them.
 */
export const envelope = z.object({
  schemaVersion: z.int().min(1),
  /** When the system took note of it. */
  recordedAt: instant,
  /** From when on the business says it counts. */
  effectiveAt: instant,
  /** The opaque id of who did it: the token's subject, or `system:…`. */
  actor: reference,
  onBehalfOf: reference.optional(),
  /** The role that allowed it. */
  authority: reference,
  channel: channel.optional(),
  hall: reference.optional(),
  reason: z.object({ code: reasonCode }).optional(),
  $correlationId: z.uuid(),
  /** The command, event or deadline that this event follows from. */
  $causationId: z.uuid(),
  commandId: z.uuid(),
  /** How many reactions lie between this event and what a person or a deadline asked. A loop of them is known by it. */
  hops: z.int().min(1).optional(),
  /** A hash of the request, so that the same key with another body is noticed. */
  requestHash: z.string().optional(),
  /** Whom it concerns: `contract:…`, `customer:…`. */
  subjects: z.array(z.string()),
  /** The versions of the policies that it was decided under. */
  policies: z.record(z.string(), z.int()).optional(),
  basis: z.array(basis).optional(),
  /** How each derived field of the data came about, by field name. */
  trace: z.record(z.string(), trace).optional(),
});
export type Envelope = z.output<typeof envelope>;
export type Channel = z.output<typeof channel>;
