import pg from 'pg';

/** Cuts a connection off at the first statement of each kind that matches. */
export function cutEachOnce(which: RegExp): { kinds: ReadonlySet<string>; restore(): void } {
  const original = pg.Client.prototype.query;
  const kinds = new Set<string>();
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [query] = args as [string | { text: string }];
    const text = typeof query === 'string' ? query : query.text;
    const kind = text.slice(0, 60);
    const isOfTheTest = text.includes('WHERE name LIKE');
    if (which.test(text) && !isOfTheTest && !kinds.has(kind)) {
      kinds.add(kind);
      // The driver's own socket, which its types do not show.
      (this as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    }
    return Reflect.apply(original, this, args);
  } as typeof original;
  return { kinds, restore: () => void (pg.Client.prototype.query = original) };
}

/** Takes note of the statements that write what is being built. */
export function countWrites(): { kinds: string[]; restore(): void } {
  const original = pg.Client.prototype.query;
  const kinds: string[] = [];
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [query] = args as [string | { text: string }];
    const text = typeof query === 'string' ? query : query.text;
    if (/^(COPY|INSERT INTO|UPDATE|WITH p0)/.test(text) && text.includes('views_next'))
      kinds.push(text.slice(0, 4));
    return Reflect.apply(original, this, args);
  } as typeof original;
  return { kinds, restore: () => void (pg.Client.prototype.query = original) };
}
