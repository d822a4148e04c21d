/** A benchmark that lost or doubled something has measured nothing. */
export class Incomplete extends Error {
  override readonly name = 'Incomplete';
}

/** What was sent and what was found of it, in the log and in the tables. */
export class Counts {
  readonly checked: { readonly what: string; readonly expected: number; readonly found: number }[] = [];

  /** @throws Incomplete when the two differ */
  expect(what: string, expected: number, found: number): void {
    if (found !== expected) throw new Incomplete(`${what}: expected ${expected}, found ${found}`);
    this.checked.push({ what, expected, found });
  }
}
