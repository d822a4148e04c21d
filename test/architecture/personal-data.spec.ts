import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { deciders } from '#contexts/deciders';
import { eventTables } from '#contexts/events';
import { log } from '#event-store/log';
import { id, personal, publicText } from '#kernel/text';
import { instant } from '#kernel/time';
import { textsOf } from '../support/texts.js';

const events = [log.events, ...eventTables].flatMap(({ shapes }) => Object.entries(shapes));
const commands = [log, ...deciders].flatMap((decider) =>
  Object.entries(decider.commands).map(([name, { shape }]) => [name, shape] as const),
);

const undeclared = (shape: z.ZodType) => textsOf(shape).filter(({ says }) => says === 'nothing');
const declaredPersonal = (shape: z.ZodType) => textsOf(shape).filter(({ says }) => says === 'personal');

describe('every text of a message says whether it is personal', () => {
  test.each([...events, ...commands])('%s', (_, shape) => expect(undeclared(shape)).toEqual([]));
});

describe('no event holds personal data, since nothing seals them yet', () => {
  test.each(events)('%s', (_, shape) => expect(declaredPersonal(shape)).toEqual([]));
});

describe('the check itself', () => {
  const note = z.string().max(200);
  const pathsOf = (texts: ReturnType<typeof textsOf>) => texts.map(({ path }) => path);

  test.each<[string, z.ZodType, string]>([
    ['a field', z.object({ note }), 'note'],
    ['an optional field', z.object({ note: note.optional() }), 'note'],
    ['a field that may be null', z.object({ note: note.nullable() }), 'note'],
    ['a field with a default', z.object({ note: note.default('none') }), 'note'],
    ['a read-only field', z.object({ note: note.readonly() }), 'note'],
    ['a list', z.object({ notes: z.array(note) }), 'notes.[]'],
    ['a tuple', z.object({ pair: z.tuple([id, note]) }), 'pair.1'],
    ['the rest of a tuple', z.object({ all: z.tuple([id], note) }), 'all.[]'],
    ['the values of a record', z.record(z.enum(['a']), note), '{value}'],
    ['the keys of a record', z.record(note, z.int()), '{key}'],
    ['a set', z.object({ notes: z.set(note) }), 'notes.[]'],
    ['a map', z.map(id, note), '{value}'],
    ['one side of a union', z.object({ note: z.union([z.int(), note]) }), 'note'],
    [
      'one side of a discriminated union',
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('a') }),
        z.object({ kind: z.literal('b'), note }),
      ]),
      'note',
    ],
    ['an intersection', z.intersection(z.object({ id }), z.object({ note })), 'note'],
    ['what is transformed', z.object({ note: note.transform((text) => text.length) }), 'note'],
    ['what is made of something else', z.object({ note: z.preprocess(String, note) }), 'note'],
    ['what is piped', z.object({ note: note.pipe(z.string().min(1)) }), 'note'],
    ['what comes late', z.object({ note: z.lazy(() => note) }), 'note'],
    ['a template', z.object({ note: z.templateLiteral(['Dear ', z.string()]) }), 'note'],
    ['a format that may name a person', z.object({ to: z.email() }), 'to'],
    ['what may be anything', z.object({ more: z.unknown() }), 'more'],
    ['whatever else is sent', z.looseObject({ id }), '{value}'],
  ])('%s that says nothing is caught', (_, shape, path) => {
    expect(new Set(pathsOf(undeclared(shape)))).toEqual(new Set([path]));
  });

  test('a personal text is caught in an event, wherever it is', () => {
    const shape = z.object({ people: z.array(z.object({ name: personal(z.string()).optional() })) });
    expect([undeclared(shape), pathsOf(declaredPersonal(shape))]).toEqual([[], ['people.[].name']]);
  });

  test('a whole object that is personal is one personal thing, also without a text', () => {
    const shape = z.object({ birth: personal(z.object({ year: z.int(), place: z.string() })) });
    expect(textsOf(shape)).toEqual([{ path: 'birth', says: 'personal' }]);
  });

  test('what a person says inside something public is still caught', () => {
    const shape = z.object({ note: personal(z.string()) }).meta({ public: true });
    expect(pathsOf(declaredPersonal(shape))).toEqual(['note']);
  });

  test('dates, ids, enumerations and public texts are left alone', () => {
    const shape = z.object({
      id: z.uuid(),
      on: z.iso.date(),
      at: instant,
      kind: z.enum(['a', 'b']),
      fixed: z.literal('a'),
      words: publicText(60).optional(),
      values: z.record(z.string(), z.union([z.string(), z.int()])).meta({ public: true }),
    });
    expect(textsOf(shape)).toEqual([]);
  });

  test('a kind of shape that it does not know stops it', () => {
    expect(() => textsOf(z.promise(note))).toThrow('promise');
  });
});
