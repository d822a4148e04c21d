import type { FastifyReply } from 'fastify';
import type { Language } from '#web/language';
import { incompletenessOf } from './incomplete.js';
import type { Reflected } from './snapshot.js';

/**
 * Writes the position that an answer reflects, and its language where it has one, and gives back the answer with what is parked
 * in its tables.
 */
export function answered<T extends object>(
  reply: FastifyReply,
  { answer, position, parked }: Reflected<T>,
  language?: Language,
): T {
  void reply.header('Fourstar-Position', position);
  if (language) {
    void reply
      .header('Content-Language', language === 'zh' ? 'zh-CN' : 'en')
      .header('Vary', 'Accept-Language');
  }
  return { ...answer, ...incompletenessOf(parked) };
}
