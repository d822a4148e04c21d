import { z } from 'zod';
import type { Cause } from '#event-store/ask';
import { channel } from '#kernel/envelope';
import { reference } from '#kernel/text';

/** The headers of every command. Others may come along; they are not looked at. */
export const commandHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, '1-200 visible ASCII characters')
    .optional()
    .meta({
      description: 'The same key with the same request is carried out once and answered alike each time.',
    }),
  'if-match': z
    .string()
    .regex(/^"\d{1,18}"$/, 'one strong ETag holding a revision, such as "7"')
    .transform((etag) => BigInt(etag.slice(1, -1)))
    .optional()
    .meta({
      description: 'The revision that the caller has seen; at any other the command is refused with 412.',
    }),
  // `system` is what the system itself says of its own commands.
  'fourstar-channel': channel
    .exclude(['system'])
    .optional()
    .meta({ description: 'Where the request was made.' }),
  'fourstar-hall': reference.optional().meta({ description: 'The hall in which it was made.' }),
  'fourstar-on-behalf-of': reference.optional().meta({ description: 'For whom the caller asks.' }),
  'fourstar-correlation-id': z.uuid().optional().meta({
    description: 'Joins the events of one conversation; else taken from `traceparent`, else made up.',
  }),
  traceparent: z.string().optional().meta({ description: 'W3C Trace Context.' }),
});
export type CommandHeaders = z.output<typeof commandHeaders>;

type Told = Pick<Cause, 'onBehalfOf' | 'channel' | 'hall' | 'correlationId'>;

/** What the headers tell of a command's cause. */
export function toldByHeaders(headers: CommandHeaders, requestId: string): Told {
  const onBehalfOf = headers['fourstar-on-behalf-of'];
  const hall = headers['fourstar-hall'];
  const from = headers['fourstar-channel'];
  return {
    ...(onBehalfOf && { onBehalfOf }),
    ...(from && { channel: from }),
    ...(hall && { hall }),
    correlationId: headers['fourstar-correlation-id'] ?? traceIdOf(headers.traceparent) ?? requestId,
  };
}

/** The trace id as a UUID of version 8 (RFC 9562, 5.8): the same digits but for those that a UUID prescribes. */
function traceIdOf(traceparent: string | undefined): string | undefined {
  const trace = /^[0-9a-f]{2}-([0-9a-f]{8})([0-9a-f]{4}).([0-9a-f]{3}).([0-9a-f]{3})([0-9a-f]{12})-/.exec(
    traceparent ?? '',
  );
  return trace ? `${trace[1]}-${trace[2]}-8${trace[3]}-8${trace[4]}-${trace[5]}` : undefined;
}
