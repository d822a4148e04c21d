import { QueryFailedError } from 'typeorm';

/**
 * Whether an error means that the database cannot be reached or is not serving at the moment, so that the same
 * statement may succeed later: a failed connection, or SQLSTATE 08 (connection), 53300 (too many) and 57P (shutdown).
 */
export function isUnavailable(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (!(cause instanceof Error)) return false;
  // What several addresses of one name have answered.
  if (cause instanceof AggregateError) return cause.errors.some(isUnavailable);
  const code = 'code' in cause ? String(cause.code) : '';
  return (
    /^(08...|53300|57P0.)$/.test(code) || networkFailures.has(code) || lostConnection.test(cause.message)
  );
}

const networkFailures = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
]);

/** pg gives these no code. */
const lostConnection =
  /^Connection terminated|^Client has encountered a connection error|^timeout exceeded when trying to connect/;
