import { QueryFailedError } from 'typeorm';

/**
 * Whether an error means that the database cannot be reached or is not serving at the moment, so that the same
 * statement may succeed later: a failed connection, or SQLSTATE 08 (connection), 53300 (too many) and 57P (shutdown).
 */
export function isUnavailable(error: unknown): boolean {
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error;
  if (typeof cause !== 'object' || cause === null) return false;
  const code = 'code' in cause ? String(cause.code) : '';
  const message = 'message' in cause ? String(cause.message) : '';
  return /^(08...|53300|57P0.)$/.test(code) || networkFailures.has(code) || lostConnection.test(message);
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
