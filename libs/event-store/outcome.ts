import {
  CancelledError,
  DeadlineExceededError,
  NotLeaderError,
  TimeoutError,
  UnavailableError,
} from '@eventstore/db-client';

class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Rejects with NoAnswer when the promise has not settled in time. */
export async function withTimer<T>(promise: Promise<T>, ms: number, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer to the ${what} within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether a call failed in a way that leaves open what the server did of it, and which server answers next. */
export function isOutcomeUnknown(error: unknown): boolean {
  return (
    error instanceof NoAnswer ||
    error instanceof UnavailableError ||
    error instanceof CancelledError ||
    error instanceof TimeoutError ||
    error instanceof DeadlineExceededError ||
    error instanceof NotLeaderError ||
    isRawUnavailable(error)
  );
}

/** The client asks what the server can do before its first call, and lets that call's bare gRPC error through. */
function isRawUnavailable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === GRPC_CANCELLED || code === GRPC_DEADLINE_EXCEEDED || code === GRPC_UNAVAILABLE;
}
const GRPC_CANCELLED = 1;
const GRPC_DEADLINE_EXCEEDED = 4;
const GRPC_UNAVAILABLE = 14;
