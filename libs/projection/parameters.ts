import { arrayLiteral, type Encode } from './array-literal.js';

/** The parameters of the one statement that writes a batch. */
export class Parameters {
  readonly values: unknown[] = [];

  /** Adds one value: `$1::type`. */
  add(value: unknown, type: string): string {
    this.values.push(value);
    return `$${this.values.length}::${type}`;
  }
}

/** Columns of equal length that a part of the statement reads as rows of `u`. */
export class Source {
  private readonly lists: string[] = [];
  private readonly names: string[] = [];

  constructor(private readonly parameters: Parameters) {}

  /** `name` is quoted, `type` the element type. */
  column(name: string, type: string, values: readonly unknown[], encode: Encode): this {
    this.lists.push(this.parameters.add(arrayLiteral(values, encode), `${type}[]`));
    this.names.push(name);
    return this;
  }

  /** `unnest($1::uuid[], …) AS u("id", …)` */
  get sql(): string {
    return `unnest(${this.lists.join(', ')}) AS u(${this.names.join(', ')})`;
  }
}
