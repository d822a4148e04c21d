import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * The JSON Schema of what travels: what a caller sends (`input`), or is sent (`output`).
 * A shape that transforms text shows the text, since that is its wire form; a bigint is decimal text, as `toJson` writes it.
 */
export function jsonSchemaOf(shape: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const schema = z.toJSONSchema(shape, {
    target: 'draft-2020-12',
    io,
    cycles: 'throw',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const { def } = zodSchema._zod;
      if (def.type === 'bigint') Object.assign(jsonSchema, { type: 'string', pattern: '^-?\\d+$' });
      if (def.type === 'date') Object.assign(jsonSchema, { type: 'string', format: 'date-time' });
      // The first half of zod's own pipe is one of its shapes, declared by the type that its core knows.
      if (def.type === 'pipe' && def.out._zod.def.type === 'transform') {
        Object.assign(jsonSchema, jsonSchemaOf(def.in as z.ZodType, io));
      }
      renameOwnKeywords(jsonSchema);
    },
  });
  // OpenAPI 3.1 names the dialect once, for the whole document.
  delete schema.$schema;
  return schema;
}

/** The house's notes on a shape are no keywords of JSON Schema: they travel as extensions. */
function renameOwnKeywords(schema: JsonSchema): void {
  if ('labels' in schema) schema['x-labels'] = schema['labels'];
  if ('personal' in schema) schema['x-personal'] = schema['personal'];
  delete schema['labels'];
  delete schema['personal'];
  delete schema['public'];
}

/** Throws when an object somewhere in the shape would drop unknown fields in silence instead of refusing them. */
export function assertStrict(name: string, shape: z.ZodType): void {
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('properties' in node && 'additionalProperties' in node === false) {
      throw new Error(
        `${name}: the object at ${path || 'the top'} takes unknown fields; make it a z.strictObject`,
      );
    }
    for (const [key, child] of Object.entries(node)) visit(child, `${path}/${key}`);
  };
  visit(jsonSchemaOf(shape, 'input'), '');
}
