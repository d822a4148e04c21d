import { createHash } from 'node:crypto';
import { Table, type DataSource, type EntityMetadata } from 'typeorm';
import type { ColumnMetadata } from 'typeorm/metadata/ColumnMetadata.js';
import { ApplyValueTransformers } from 'typeorm/util/ApplyValueTransformers.js';
import { arrayText, jsonText, plainText, quotedText, type Encode } from './array-literal.js';
import type { Projection } from './projection.js';

export const viewsSchema = 'views';
/** Where tables are built beside the live ones. */
export const nextSchema = 'views_next';
/** Where the tables are that were live before. */
export const keptSchema = 'views_kept';

/** One column of a projected table, and how its values travel in an array parameter. */
export interface ColumnShape {
  readonly property: string;
  /** Quoted. */
  readonly name: string;
  /** The element type of the parameter's array. */
  readonly type: string;
  /** The column's own type, when it differs from what is sent. */
  readonly cast: string | undefined;
  readonly encode: Encode;
  /** The same value as COPY takes it, before its own escapes. */
  readonly text: Encode;
  /** What a row begins with that is not inserted whole. `undefined`: it cannot begin without a value. */
  readonly initial: unknown;
}

/** A projected table as its entity's metadata describes it. */
export interface TableShape {
  readonly projection: Projection;
  /** Quoted, with its schema. */
  readonly table: string;
  readonly columns: readonly ColumnShape[];
  readonly keys: readonly ColumnShape[];
  /** The statements that create it with its indexes and comments. */
  readonly ddl: readonly string[];
  /** Changes when anything of that does, a comment included. */
  readonly hash: string;
}

/** Reads a projection's table off its entity. Throws when the entity promises what a projected table cannot keep. */
export async function tableShape(dataSource: DataSource, projection: Projection): Promise<TableShape> {
  const metadata = dataSource.getMetadata(projection.entity);
  refuseUnfit(metadata, projection);
  const columns = metadata.columns.map((column) => columnShape(dataSource, column));
  const keys = projection.key.map((property) => {
    const key = columns.find((column) => column.property === property);
    if (!key) throw new Error(`${metadata.tablePath} has no key column ${property}`);
    return key;
  });
  const ddl = await createStatements(dataSource, metadata);
  const hash = createHash('sha256').update(ddl.join(';\n')).digest('hex');
  const table = `${quoted(viewsSchema)}.${quoted(metadata.tableName)}`;
  return { projection, table, columns, keys, ddl, hash };
}

/** The name that a table of `views` has in another of the three schemas. */
export const placedIn = (schema: string, table: string): string =>
  `${quoted(schema)}${table.slice(quoted(viewsSchema).length)}`;

/** The same table in another schema, where its indexes have the same names too. */
export function shapeIn(schema: string, shape: TableShape): TableShape {
  const table = placedIn(schema, shape.table);
  return { ...shape, table, ddl: shape.ddl.map((statement) => statement.replaceAll(shape.table, table)) };
}

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** A column of the parameters' rows `u`, in the type of the table's column. */
export const sent = ({ name, cast }: ColumnShape): string => (cast ? `u.${name}::${cast}` : `u.${name}`);

function refuseUnfit(metadata: EntityMetadata, { key }: Projection): void {
  const unfit = (why: string): never => {
    throw new Error(`${metadata.name} cannot be projected: ${why}`);
  };
  const primary = metadata.primaryColumns.map((column) => column.propertyName);
  if (metadata.schema !== viewsSchema) unfit(`it is not in schema ${viewsSchema}`);
  if (primary.toSorted().join() !== [...key].sort().join()) unfit(`its primary key is ${primary.join(', ')}`);
  if (metadata.foreignKeys.length > 0) unfit('a foreign key would keep tables from being dropped');
  // A projection never refuses a fact, and within a batch rows are not written in the order of their events.
  if (metadata.uniques.length > 0 || metadata.indices.some((index) => index.isUnique)) {
    unfit('only its primary key may be unique');
  }
  if (!metadata.comment) unfit('the table has no comment');
  for (const column of metadata.columns) {
    if (!column.comment) unfit(`column ${column.propertyName} has no comment`);
    if (column.isGenerated || typeof column.default === 'function') {
      unfit(`column ${column.propertyName} would get another value at every rebuild`);
    }
  }
}

function columnShape(dataSource: DataSource, column: ColumnMetadata): ColumnShape {
  const type = dataSource.driver.normalizeType(column);
  const { transformer, isArray } = column;
  const transformed = (encode: Encode): Encode =>
    transformer ? (value) => encode(ApplyValueTransformers.transformTo(transformer, value)) : encode;
  const encoded = isArray ? quotedText : (encoders[type] ?? quotedText);
  const copied = isArray ? arrayText : type === 'jsonb' ? JSON.stringify : plainText;
  // Arrays of arrays do not unnest by row and JSON may hold anything: both are sent as text and cast for each row.
  const asText = isArray || type === 'jsonb';
  return {
    property: column.propertyName,
    name: quoted(column.databaseName),
    type: asText ? 'text' : type,
    cast: asText ? `${type}${isArray ? '[]' : ''}` : undefined,
    encode: transformed(encoded),
    text: transformed(copied),
    initial: column.default ?? (column.isNullable ? null : undefined),
  };
}

/** Types that are not sent as quoted text. */
const encoders: Readonly<Record<string, Encode>> = {
  jsonb: jsonText,
  uuid: plainText,
  integer: plainText,
  smallint: plainText,
  bigint: plainText,
  numeric: plainText,
  boolean: plainText,
  date: plainText,
  'double precision': plainText,
  'timestamp with time zone': plainText,
};

async function createStatements(dataSource: DataSource, metadata: EntityMetadata): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    runner.enableSqlMemory();
    await runner.createTable(Table.create(metadata, dataSource.driver));
    return runner.getMemorySql().upQueries.map(({ query }) => query);
  } finally {
    await runner.release();
  }
}
