import type { FastifyReply } from 'fastify';
import type { Language } from '#web/language';
import type { Reflected } from './snapshot.js';

/** Writes the position that an answer reflects, and its language where it has one, and gives back the answer. */
export function answered<T>(reply: FastifyReply, { answer, position }: Reflected<T>, language?: Language): T {
  void reply.header('Fourstar-Position', position);
  if (language) {
    void reply
      .header('Content-Language', language === 'zh' ? 'zh-CN' : 'en')
      .header('Vary', 'Accept-Language');
  }
  return answer;
}
