import { HttpException } from '@nestjs/common';
import { KeyReused, RevisionConflict, StoreUnavailable } from '#event-store/ask';
import { SchemaTooNew, UnknownEventType } from '#event-store/decode';
import { LimitExceeded } from '#event-store/limits';
import { Refusal } from '#kernel/refusal';
import { Problem, problems, type ProblemKind } from './problem.js';

const byStatus: Readonly<Record<number, ProblemKind>> = {
  400: problems.malformed,
  404: problems.notFound,
  413: problems.tooLarge,
  414: problems.malformed,
  415: problems.unsupportedMediaType,
};

/**
 * What a thrown thing is for the caller: the one place where errors become problems.
 * Only refusals and problems bring their own sentence; the text of any other error stays inside the process.
 */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return refused(error);
  if (error instanceof RevisionConflict) {
    return new Problem(error.pinned ? problems.revisionMismatch : problems.conflict);
  }
  if (error instanceof LimitExceeded) {
    const kind = error.limit === 'event-bytes' ? problems.eventTooLarge : problems.streamFull;
    return new Problem(kind, `${kind.sentence} ${error.message}`);
  }
  if (error instanceof KeyReused) return new Problem(problems.keyReused);
  if (error instanceof StoreUnavailable) return new Problem(problems.storeUnavailable);
  if (error instanceof UnknownEventType || error instanceof SchemaTooNew)
    return new Problem(problems.upgradePending);
  // Nest wraps what Fastify found wrong with a request (body, type, size, address) in its own exception.
  if (error instanceof HttpException) return new Problem(byStatus[error.getStatus()] ?? problems.internal);
  return new Problem(problems.internal);
}

const refused = ({ code, title, sentence }: Refusal) =>
  new Problem({ code, status: 409, title, sentence }, sentence);
