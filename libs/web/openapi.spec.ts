import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send, serveLamps, type Harness } from './harness.fixture.js';

type Json = Readonly<Record<string, any>>;

describe('the OpenAPI document', () => {
  let lamp: Harness;
  let document: Json;

  beforeAll(async () => {
    lamp = await serveLamps();
    document = (await send('GET', `${lamp.url}/openapi.json`)).body;
  });
  afterAll(() => lamp.close());

  const operations = (): Json[] =>
    Object.values<Json>(document['paths']).flatMap((path) => Object.values<Json>(path));
  const nodes = (node: unknown): Json[] =>
    typeof node === 'object' && node !== null ? [node as Json, ...Object.values(node).flatMap(nodes)] : [];

  it('is OpenAPI 3.1 and tells of every command and reading, and of nothing else', () => {
    expect(document['openapi']).toBe('3.1.0');
    expect(document['info']).toEqual({ title: 'Lamps', version: '1.0.0' });
    expect(Object.keys(document['paths'])).toEqual([
      '/v1/lamps',
      '/v1/lamps/{id}',
      '/v1/lamps/{id}/break',
      '/v1/lamps/{id}/light',
    ]);
    expect(operations().map(({ operationId }) => operationId)).toEqual([
      'listLamps',
      'HangLamp',
      'getLamp',
      'BreakLamp',
      'LightLamp',
    ]);
  });

  it('is whole: every reference leads somewhere, every operation has roles, answers and all its parameters', () => {
    const references = nodes(document).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []));
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      const found = reference
        .slice(2)
        .split('/')
        .reduce<any>((node, step) => node?.[step], document);
      expect([reference, typeof found]).toEqual([reference, 'object']);
    }
    for (const [path, methods] of Object.entries<Json>(document['paths'])) {
      for (const operation of Object.values<Json>(methods)) {
        expect(operation['security']).toEqual([{ bearer: [] }]);
        expect(operation['x-roles'].length).toBeGreaterThan(0);
        expect(Object.keys(operation['responses'])).toEqual(
          expect.arrayContaining(['400', '401', '403', '500', '503']),
        );
        const inPath = operation['parameters'].filter((parameter: Json) => parameter['in'] === 'path');
        expect(inPath.map(({ name }: Json) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
      }
    }
  });

  it('tells what a command takes: its fields, labels, reason and headers', () => {
    const { LightLamp, BreakLamp, HangLamp } = document['components'].schemas;
    expect(LightLamp).toMatchObject({
      type: 'object',
      additionalProperties: false,
      properties: {
        since: { type: 'string', format: 'date-time' },
        colour: { enum: ['warm', 'cold'], default: 'warm', 'x-labels': { warm: { en: 'Warm', zh: '暖色' } } },
      },
    });
    expect(LightLamp.required).toBeUndefined();
    expect(BreakLamp.required).toEqual(['reason']);
    expect(HangLamp.required).toEqual(['owner', 'watts']);
    const hang = document['paths']['/v1/lamps'].post;
    expect(hang.parameters.map(({ name }: Json) => name)).toEqual(
      expect.arrayContaining(['idempotency-key', 'if-match', 'fourstar-channel', 'traceparent']),
    );
    expect(hang.responses['409'].description).toContain('`lamp-broken`: The lamp is broken (灯已损坏)');
    expect(JSON.stringify(document)).not.toContain('"public"');
  });

  it('tells what travels: text for instants and for numbers beyond 2^53', () => {
    const { schema } = document['paths']['/v1/lamps'].get.responses['200'].content['application/json'];
    expect(schema.properties).toMatchObject({
      watts: { type: 'string', pattern: '^-?\\d+$' },
      hungAt: { type: 'string', format: 'date-time' },
    });
    expect(document['components'].schemas.CommandAnswer.properties.revision).toMatchObject({
      type: 'string',
    });
  });

  it('is the same each time', async () => {
    const other = await serveLamps();
    try {
      expect(JSON.stringify((await send('GET', `${other.url}/openapi.json`)).body)).toBe(
        JSON.stringify(document),
      );
    } finally {
      await other.close();
    }
  });

  it('has a page whose every part comes from here', async () => {
    const page = await send('GET', `${lamp.url}/docs`);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const parts = [...String(page.body['text']).matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, part]) => part ?? '',
    );
    expect(parts).toHaveLength(7);
    for (const part of parts) {
      const reply = await send('GET', new URL(part, `${lamp.url}/docs/`).href);
      expect([part, reply.status]).toEqual([part, 200]);
      expect(reply.headers.get('x-request-id')).not.toBeNull();
    }
  });
});
