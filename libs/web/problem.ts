import type { Label } from '#kernel/label';

/** One kind of problem (RFC 9457): its code is the last part of the stable type `/problems/{code}`. */
export interface ProblemKind {
  readonly code: string;
  readonly status: number;
  readonly title: Label;
  /** What it means and what to do, where nothing more exact is known. */
  readonly sentence: string;
  /** The same request may be sent again after this many seconds. */
  readonly retryAfterSeconds?: number;
}

const kind = (
  code: string,
  status: number,
  en: string,
  zh: string,
  sentence: string,
  retryAfterSeconds?: number,
): ProblemKind => ({
  code,
  status,
  title: { en, zh },
  sentence,
  ...(retryAfterSeconds && { retryAfterSeconds }),
});

/** Every problem that is not a business refusal. Codes are part of the public contract and never change meaning. */
export const problems = {
  malformed: kind(
    'malformed-request',
    400,
    'Malformed request',
    '请求无法解析',
    'The request cannot be read: the address or the JSON body is broken.',
  ),
  invalid: kind(
    'invalid-request',
    400,
    'Invalid request',
    '请求内容无效',
    'Some fields are not as expected; `errors` lists all of them.',
  ),
  foreignLog: kind(
    'foreign-log',
    400,
    'Position of another log',
    '位置标记不属于本日志',
    'The position belongs to another log: this one was restored or replaced.',
  ),
  unauthenticated: kind(
    'unauthenticated',
    401,
    'Not authenticated',
    '未通过身份认证',
    'Send `Authorization: Bearer …` with a token that this service accepts.',
  ),
  forbidden: kind(
    'forbidden',
    403,
    'Not allowed',
    '无权执行',
    'The token does not carry a role that may do this.',
  ),
  notFound: kind(
    'not-found',
    404,
    'Not found',
    '未找到',
    'There is nothing at this address for this method.',
  ),
  conflict: kind(
    'conflict',
    409,
    'Changed by others meanwhile',
    '数据已被他人同时修改',
    'Others changed it at the same time, again and again. Send the same request once more.',
  ),
  revisionMismatch: kind(
    'revision-mismatch',
    412,
    'Not the revision you named',
    '版本不符',
    'It is no longer at the revision that If-Match names. Read it again and decide anew.',
  ),
  tooLarge: kind('too-large', 413, 'Request too large', '请求内容过大', 'The body is larger than 256 KiB.'),
  eventTooLarge: kind(
    'event-too-large',
    413,
    'More than an event may hold',
    '事件内容过大',
    'What would be stored is larger than an event may be. Nothing was stored; split it up.',
  ),
  streamFull: kind(
    'stream-full',
    409,
    'Its history is full',
    '历史记录已满',
    'Its history has reached the length up to which commands are taken. Nothing was stored.',
  ),
  unsupportedMediaType: kind(
    'unsupported-media-type',
    415,
    'Unsupported media type',
    '不支持的内容类型',
    'Send the body as application/json in UTF-8.',
  ),
  keyReused: kind(
    'idempotency-key-reused',
    422,
    'Idempotency key used before',
    '幂等键重复使用',
    'This Idempotency-Key came before with another request. A new request needs a new key.',
  ),
  internal: kind(
    'internal',
    500,
    'Internal error',
    '内部错误',
    'Something went wrong here. `instance` identifies this request in the logs.',
  ),
  overloaded: kind(
    'overloaded',
    503,
    'Too busy',
    '系统繁忙',
    'Too many requests are being worked on; nothing was done for this one.',
    1,
  ),
  stopping: kind(
    'stopping',
    503,
    'Shutting down',
    '服务正在停止',
    'This process is shutting down; nothing was done for this request.',
    1,
  ),
  timedOut: kind(
    'timed-out',
    503,
    'Took too long',
    '处理超时',
    'The outcome is not known. Send the same request again, with the same Idempotency-Key.',
    2,
  ),
  storeUnavailable: kind(
    'store-unavailable',
    503,
    'Store unavailable',
    '存储暂不可用',
    'The outcome is not known. Send the same request again, with the same Idempotency-Key.',
    2,
  ),
  notCaughtUp: kind(
    'not-caught-up',
    503,
    'Not caught up yet',
    '数据尚未同步',
    'The tables have not reached the position that was asked for.',
    1,
  ),
  blockedByParked: kind(
    'blocked-by-parked',
    503,
    'Not up to date: events are parked',
    '数据停更：有事件被搁置',
    'Events of what was asked for could not be applied to the tables, and wait for an operator.',
    30,
  ),
  upgradePending: kind(
    'upgrade-pending',
    503,
    'Upgrade pending',
    '服务待升级',
    'A newer release has written here; this process must be upgraded first.',
    30,
  ),
  issuerUnavailable: kind(
    'issuer-unavailable',
    503,
    'Issuer unavailable',
    '认证服务暂不可用',
    'The keys of the token issuer cannot be fetched at the moment.',
    2,
  ),
} as const satisfies Readonly<Record<string, ProblemKind>>;

/** One thing that is wrong with a request. */
export interface FieldError {
  readonly in: 'path' | 'query' | 'header' | 'body';
  /** A JSON Pointer (RFC 6901) to the field; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export interface ProblemExtras {
  readonly errors?: readonly FieldError[];
  readonly rolesNeeded?: readonly string[];
  readonly wwwAuthenticate?: string;
}

/** An answer other than success, thrown from anywhere below a route. The sentence reaches the caller. */
export class Problem extends Error {
  override readonly name = 'Problem';

  constructor(
    readonly kind: ProblemKind,
    readonly sentence: string = kind.sentence,
    readonly extras: ProblemExtras = {},
  ) {
    super(`${kind.code}: ${sentence}`);
  }
}

/** The stable type of a problem, relative to the service. */
export const problemType = (code: string): string => `/problems/${code}`;
