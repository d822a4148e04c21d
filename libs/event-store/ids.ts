import { createHash } from 'node:crypto';
import { v5 } from 'uuid';
import type { Due } from '#kernel/due';

/** The root of every id that this system derives. It never changes: the ids in the log follow from it. */
const NAMESPACE = '5b0f8a52-6d0e-4f7c-9d1c-4f5253544152';

/** The same id for the same parts, whoever asks and however often. */
export const derivedId = (...parts: readonly string[]): string => v5(parts.join('\n'), NAMESPACE);

/** The command by which a deadline asks: the same whether a timer or another command settles it. */
export const dueCommandId = (stream: string, due: Due): string =>
  derivedId('due', stream, due.command, due.generation);

/**
 * The id of a command's n-th event with this content. The store takes an append for a repeat by the ids alone: two processes that
 * decide one command at different instants must not be told both that theirs is what was stored.
 */
export const eventIdOf = (commandId: string, index: number, content: string): string =>
  derivedId('event', commandId, String(index), createHash('sha256').update(content).digest('base64url'));
