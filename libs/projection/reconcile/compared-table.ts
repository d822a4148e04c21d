import canonicalize from 'canonicalize';
import type { DataSource } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { quoted, tableShape, type TableShape } from '../table-shape.js';
import type { Projection } from '../projection.js';

export type Row = Readonly<Record<string, unknown>>;

/** A value as text that is the same wherever it comes from; null for none. */
export type Canonical = (value: unknown) => string | null;

export interface ComparedColumn {
  readonly property: string;
  /** Quoted. */
  readonly name: string;
  readonly canonical: Canonical;
}

/** A projected table as it is compared: what a projection says of a row and what Postgres says of it, in one form. */
export interface ComparedTable {
  readonly projection: Projection;
  readonly shape: TableShape;
  readonly columns: readonly ComparedColumn[];
  readonly keys: readonly ComparedColumn[];
  /** A row that Postgres has answered with, as its entity has it. */
  read(raw: Readonly<Record<string, unknown>>): Row;
}

export async function comparedTable(dataSource: DataSource, projection: Projection): Promise<ComparedTable> {
  const { columns: described } = dataSource.getMetadata(projection.entity);
  const columns = described.map((column) => comparedColumn(dataSource, column));
  const keys = projection.key.flatMap((key) => columns.filter(({ property }) => property === key));
  const read = (raw: Readonly<Record<string, unknown>>): Row =>
    Object.fromEntries(
      described.map((column) => [
        column.propertyName,
        dataSource.driver.prepareHydratedValue(raw[column.databaseName], column),
      ]),
    );
  return { projection, shape: await tableShape(dataSource, projection), columns, keys, read };
}

/** The key of a row as one text. */
export const keyText = (key: readonly (string | null)[]): string => JSON.stringify(key);

function comparedColumn(dataSource: DataSource, column: ColumnMetadata): ComparedColumn {
  const type = dataSource.driver.normalizeType(column);
  const one = forms[type] ?? String;
  const whole = column.isArray ? (value: unknown) => JSON.stringify((value as unknown[]).map(one)) : one;
  return {
    property: column.propertyName,
    name: quoted(column.databaseName),
    canonical: (value) => (value === null || value === undefined ? null : whole(value)),
  };
}

// A value has the type that its column says: the projection's functions by the compiler, Postgres' by the column.
const integer = (value: unknown): string => String(BigInt(value as string | number | bigint));
const instant = (value: unknown): string => new Date(value as string | Date).toISOString();
const json = (value: unknown): string => canonicalize(value) ?? 'null';

/** `1.50` and `1.5` are one number. */
function decimal(value: unknown): string {
  const [whole = '', fraction = ''] = String(value).split('.');
  const digits = fraction.replace(/0+$/, '');
  return digits ? `${whole}.${digits}` : whole;
}

/** Types of which one value has several texts. */
const forms: Readonly<Record<string, (value: unknown) => string>> = {
  smallint: integer,
  integer,
  bigint: integer,
  numeric: decimal,
  'double precision': (value) => String(Number(value)),
  'timestamp with time zone': instant,
  uuid: (value) => String(value).toLowerCase(),
  jsonb: json,
  json,
};
