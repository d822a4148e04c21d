import { Metadata, status } from '@grpc/grpc-js';
import type { ExpectedRevision } from './append.js';

/** A call that ends with a gRPC status other than OK, with the trailers by which the client tells it apart. */
export class CallFailure extends Error {
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    readonly details: string,
    trailers: Readonly<Record<string, string>> = {},
  ) {
    super(details);
    for (const [name, value] of Object.entries(trailers)) this.metadata.set(name, asciiOnly(value));
  }
}

/** gRPC trailers carry printable ASCII; everything else is percent-encoded as UTF-8. */
function asciiOnly(text: string): string {
  return text.replace(/[^\x20-\x7e]+/gu, (other) => {
    return Array.from(
      Buffer.from(other, 'utf8'),
      (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join('');
  });
}

const EXPECTED_VERSION = { any: '-2', no_stream: '-1', stream_exists: '-4' };

export const streamDeleted = (stream: string): CallFailure =>
  new CallFailure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const wrongExpectedVersion = (
  stream: string,
  expected: ExpectedRevision,
  current: number,
): CallFailure =>
  new CallFailure(
    status.FAILED_PRECONDITION,
    `Append failed due to WrongExpectedVersion. Current version: ${current}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': typeof expected === 'number' ? `${expected}` : EXPECTED_VERSION[expected],
      'actual-version': `${current}`,
    },
  );

export const maximumAppendSizeExceeded = (maximumBytes: number): CallFailure =>
  new CallFailure(status.INVALID_ARGUMENT, `Maximum append size of ${maximumBytes} bytes exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': `${maximumBytes}`,
  });

export const missingMetadataProperty = (property: 'type' | 'content-type'): CallFailure =>
  new CallFailure(status.INVALID_ARGUMENT, `Required metadata property '${property}' is missing.`, {
    exception: 'missing-required-metadata-property',
    'required-metadata-properties': 'type,content-type',
  });

export const accessDenied = (): CallFailure =>
  new CallFailure(status.PERMISSION_DENIED, 'Access denied.', { exception: 'access-denied' });

export const authenticationFailed = (): CallFailure =>
  new CallFailure(status.UNAUTHENTICATED, 'Authentication failed.');

export const userNotFound = (login: string): CallFailure =>
  new CallFailure(status.NOT_FOUND, `User '${login}' is not found.`, {
    exception: 'user-not-found',
    'login-name': login,
  });

export const userConflict = (login: string): CallFailure =>
  new CallFailure(status.FAILED_PRECONDITION, `User '${login}' exists, or was changed at the same time.`, {
    exception: 'user-conflict',
    'login-name': login,
  });

export const badRequest = (reason: string): CallFailure => new CallFailure(status.INVALID_ARGUMENT, reason);
export const invalidPosition = (): CallFailure => badRequest('Trying to read from an invalid position.');
export const writeTimeout = (): CallFailure => new CallFailure(status.ABORTED, 'The write timed out.');
/** The call was not begun. */
export const notServing = (): CallFailure =>
  new CallFailure(status.UNAVAILABLE, 'The server is shutting down.');
export const stopping = (): CallFailure => new CallFailure(status.CANCELLED, 'The server is shutting down.');

/** The disk did not take a transaction: none of its events is stored, and the server is unavailable to appends. */
export class CommitFailed extends CallFailure {
  constructor(cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(status.UNAVAILABLE, `The log could not be written, and is read-only until it can be: ${reason}`);
  }
}

/** What the client is told of an error. */
export function asCallFailure(error: unknown): CallFailure {
  if (error instanceof CallFailure) return error;
  return new CallFailure(status.INTERNAL, error instanceof Error ? error.message : String(error));
}
