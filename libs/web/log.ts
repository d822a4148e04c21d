import { Injectable, type LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';

/**
 * What may be told of an error: its kind, message and stack, and the same of its causes. pino's own serializer copies
 * every property, and database errors carry the statement's parameters in theirs.
 */
function describe(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, cause } = error;
  return { type: name, message, stack, ...(cause !== undefined && { cause: describe(cause) }) };
}

/** JSON lines on standard output, or on the stream given. */
export const jsonLogger = (level: string, destination?: DestinationStream): Logger =>
  pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: describe } },
    destination,
  );

/** The process' log, for injection; it is also what Nest itself logs to. */
@Injectable()
export class Log implements LoggerService {
  constructor(readonly pino: Logger) {}

  log(message: unknown, context?: unknown): void {
    this.write('debug', message, context);
  }
  error(message: unknown, context?: unknown): void {
    this.write('error', message, context);
  }
  warn(message: unknown, context?: unknown): void {
    this.write('warn', message, context);
  }
  debug(message: unknown, context?: unknown): void {
    this.write('debug', message, context);
  }
  fatal(message: unknown, context?: unknown): void {
    this.write('fatal', message, context);
  }

  private write(level: 'debug' | 'warn' | 'error' | 'fatal', message: unknown, context: unknown): void {
    const by = typeof context === 'string' ? { by: context } : {};
    if (message instanceof Error) this.pino[level]({ ...by, err: message }, message.name);
    else this.pino[level](by, typeof message === 'string' ? message : 'framework');
  }
}
