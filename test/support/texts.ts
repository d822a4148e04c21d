import { z } from 'zod';

/** A place in a message where a person might be named, and what its shape says of it. */
export interface Text {
  readonly path: string;
  readonly says: 'personal' | 'nothing';
}

/** Formats in which nothing but a point in time or a meaningless id can be said. */
const SAFE_FORMATS = new Set(['uuid', 'guid', 'date', 'datetime', 'time', 'duration']);

/** Kinds of shape that hold no text, or one of a fixed list. */
const SAFE_KINDS = new Set([
  ...['number', 'int', 'bigint', 'boolean', 'date', 'enum', 'literal', 'null', 'undefined', 'void', 'never'],
  ...['nan', 'transform'],
]);

/**
 * Every text of a shape that is personal or says nothing, however it is wrapped.
 * `public` counts for everything inside it but what is declared personal.
 */
export function textsOf(shape: z.core.$ZodType, path: readonly string[] = [], isPublic = false): Text[] {
  const declared = z.globalRegistry.get(shape);
  const here = path.join('.');
  if (declared?.['personal']) return [{ path: here, says: 'personal' }];
  const covered = isPublic || declared?.['public'] === true;
  const parts = partsOf(shape);
  if (parts) return parts.flatMap(([name, part]) => textsOf(part, name ? [...path, name] : path, covered));
  return covered || isSafe(shape) ? [] : [{ path: here, says: 'nothing' }];
}

function isSafe(shape: z.core.$ZodType): boolean {
  return SAFE_KINDS.has(shape._zod.def.type) || ('format' in shape && SAFE_FORMATS.has(String(shape.format)));
}

type Parts = readonly (readonly [name: string, part: z.core.$ZodType])[];

/** What a shape is made of, by name; undefined when it is a leaf. */
function partsOf(shape: z.core.$ZodType): Parts | undefined {
  // Every kind of shape has its own definition, and `type` tells them apart.
  const { def } = shape._zod as z.core.$ZodTypes['_zod'];
  switch (def.type) {
    case 'object':
      return [...Object.entries(def.shape), ...(def.catchall ? [['{value}', def.catchall] as const] : [])];
    case 'array':
      return [['[]', def.element]];
    case 'set':
      return [['[]', def.valueType]];
    case 'tuple':
      return [
        ...def.items.map((item, index) => [String(index), item] as const),
        ...(def.rest ? [['[]', def.rest] as const] : []),
      ];
    case 'record':
    case 'map':
      return [
        ['{key}', def.keyType],
        ['{value}', def.valueType],
      ];
    case 'union':
      return def.options.map((option) => ['', option] as const);
    case 'intersection':
      return [
        ['', def.left],
        ['', def.right],
      ];
    case 'pipe':
      return [
        ['', def.in],
        ['', def.out],
      ];
    case 'lazy':
      return [['', def.getter()]];
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return [['', def.innerType]];
    case 'string':
    case 'template_literal':
    case 'unknown':
    case 'any':
      return undefined;
    default:
      if (SAFE_KINDS.has(def.type)) return undefined;
      throw new Error(`a shape of the kind ${def.type} is not known here`);
  }
}
