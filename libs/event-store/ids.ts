import { v5 } from 'uuid';
import type { Due } from '#kernel/due';

/** The root of every id that this system derives. It never changes: the ids in the log follow from it. */
const NAMESPACE = '5b0f8a52-6d0e-4f7c-9d1c-4f5253544152';

/** The same id for the same parts, whoever asks and however often. */
export const derivedId = (...parts: readonly string[]): string => v5(parts.join('\n'), NAMESPACE);

/** The command by which a deadline asks: the same whether a timer or another command settles it. */
export const dueCommandId = (stream: string, due: Due): string =>
  derivedId('due', stream, due.command, due.generation);

export const eventIdOf = (commandId: string, index: number): string =>
  derivedId('event', commandId, String(index));
