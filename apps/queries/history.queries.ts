import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { ArrayContains, MoreThan } from 'typeorm';
import { z } from 'zod';
import { channel } from '#kernel/envelope';
import { instant } from '#kernel/time';
import { trace } from '#kernel/trace';
import { auditIndex, AuditRow } from '#projection/tables/audit-index';
import { Problem, problems } from '#web/problem';
import { cursorOf, next, readCursor } from './cursor.js';
import { incompleteness } from './incomplete.js';
import { Snapshots, type Reflected } from './snapshot.js';

const happened = z.object({
  position: z.bigint().meta({ description: 'Its place in the log.' }),
  eventId: z.uuid(),
  type: z.string(),
  stream: z.string(),
  revision: z.bigint(),
  subjects: z.array(z.string()).readonly().meta({ description: 'Whom it concerns.' }),
  recordedAt: instant.meta({ description: 'When the system took note of it.' }),
  effectiveAt: instant.meta({ description: 'From when on it counts.' }),
  actor: z.string(),
  onBehalfOf: z.string().nullable(),
  authority: z.string(),
  channel: channel.nullable(),
  hall: z.string().nullable(),
  reasonCode: z.string().nullable(),
  correlationId: z.uuid(),
  causationId: z.uuid(),
  commandId: z.uuid(),
  policies: z.record(z.string(), z.int()).nullable(),
  trace: z.record(z.string(), trace).nullable(),
  data: z.unknown(),
});
export const historyPage = z.object({ items: z.array(happened), next, ...incompleteness });

/** Everything that ever happened to, or concerns, one subject: `contract:…`, `customer:…`. */
export class GetHistory extends Query<Reflected<z.output<typeof historyPage>>> {
  constructor(
    readonly subject: string,
    readonly page: { readonly limit: number; readonly cursor?: string | undefined },
    readonly atLeast?: string,
  ) {
    super();
  }
}

@QueryHandler(GetHistory)
export class GetHistoryHandler implements IQueryHandler<GetHistory> {
  constructor(private readonly snapshots: Snapshots) {}

  async execute({
    subject,
    page: { limit, cursor },
    atLeast,
  }: GetHistory): Promise<Reflected<z.output<typeof historyPage>>> {
    const after = cursor === undefined ? -1n : readCursor(place, cursor)[0];
    const { answer: rows, ...reflected } = await this.snapshots.read([auditIndex], atLeast, (tables) =>
      tables.find(AuditRow, {
        where: { subjects: ArrayContains([subject]), position: MoreThan(after) },
        order: { position: 'ASC' },
        take: limit + 1,
      }),
    );
    if (rows.length === 0 && cursor === undefined)
      throw new Problem(problems.notFound, `The log holds nothing about ${subject}.`);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    if (!last || rows.length <= limit) return { answer: { items }, ...reflected };
    return { answer: { items, next: cursorOf([String(last.position)]) }, ...reflected };
  }
}

const place = z.tuple([
  z
    .string()
    .regex(/^\d{1,18}$/)
    .transform(BigInt),
]);
