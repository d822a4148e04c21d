import type { z } from 'zod';
import { dueShape } from './due.js';

/** One line of a context's command table: what can be asked, where, and by whom. The HTTP route is made from it. */
export interface CommandLine<S extends z.ZodObject = z.ZodObject> {
  readonly shape: S;
  /** `POST /contracts/{id}/sign`, below `/v1`. A line without a route is asked by deadlines and reactions only. */
  readonly route?: `POST /${string}`;
  /** The roles that may ask it. Nobody else may. */
  readonly roles: readonly string[];
  /** One sentence for the API's documentation. */
  readonly does: string;
  /** A sensitive command is refused without a reason. */
  readonly sensitive?: true;
}

export type CommandTable = Readonly<Record<string, CommandLine>>;
export type CommandData<C extends CommandTable, N extends keyof C> = z.output<C[N]['shape']>;

/** What a deadline asks of its own aggregate: no route, no role; the timers and `execute` itself send it. */
export const byDeadline = (does: string) => ({ shape: dueShape, roles: [], does }) as const;
