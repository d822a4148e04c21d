import { LogDigest } from './log-digest.js';
import { placeOf, type LogLine } from './log-line.js';

/** One of two logs that should be the same. */
export interface Side {
  readonly name: string;
  readonly lines: AsyncIterable<LogLine>;
}

export interface Comparison {
  readonly sides: readonly { readonly name: string; readonly events: number; readonly chain: string }[];
  /** Where they part, in words; absent when they are the same. */
  readonly difference?: string;
}

/** Walks two logs side by side, to both ends. */
export async function* together(
  left: AsyncIterable<LogLine>,
  right: AsyncIterable<LogLine>,
): AsyncGenerator<readonly [left: LogLine | undefined, right: LogLine | undefined]> {
  const walks = [left[Symbol.asyncIterator](), right[Symbol.asyncIterator]()] as const;
  try {
    for (;;) {
      const [one, other] = await Promise.all(walks.map((walk) => walk.next()));
      if (!one || !other || (one.done && other.done)) return;
      yield [one.done ? undefined : one.value, other.done ? undefined : other.value];
    }
  } finally {
    for (const walk of walks) await walk.return?.();
  }
}

/** Compares two logs event by event, and reads both to their ends to count and chain what they hold. */
export async function compareLogs(left: Side, right: Side): Promise<Comparison> {
  const digests = [new LogDigest(), new LogDigest()] as const;
  let difference: string | undefined;
  let number = 0;
  for await (const [one, other] of together(left.lines, right.lines)) {
    number++;
    if (one) digests[0].add(one);
    if (other) digests[1].add(other);
    if (one?.content === other?.content) continue;
    difference ??= `event ${number}: ${left.name} has ${nameOf(one)}, ${right.name} has ${nameOf(other)}`;
  }
  const sides = [left, right].map(({ name }, side) => {
    const { events, chain } = digests[side === 0 ? 0 : 1];
    return { name, events, chain };
  });
  return difference === undefined ? { sides } : { sides, difference };
}

const nameOf = (line: LogLine | undefined): string => (line ? placeOf(line.event) : 'nothing');
