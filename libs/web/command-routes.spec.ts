import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Type } from '@nestjs/common';
import { CqrsModule } from '@nestjs/cqrs';
import { z } from 'zod';
import type { CommandLine } from '#kernel/command';
import type { AnyDecider } from '#kernel/decider';
import { commandRoutes } from './command-routes.js';
import { send, serveLamps, type Harness } from './harness.fixture.js';
import { answerTo, lamps, logId } from './lamp.fixture.js';
import { PositionTokens } from './position-token.js';

describe('commands over HTTP', () => {
  let lamp: Harness;
  let token: string;
  const id = '7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f11';
  const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send('POST', `${lamp.url}${path}`, token, headers, body);

  beforeAll(async () => {
    lamp = await serveLamps();
    token = await lamp.token(['electrician'], 'staff-7');
  });
  afterAll(() => lamp.close());
  beforeEach(() => {
    lamp.arrived.length = 0;
    lamp.carryOut(async (arrived) => answerTo(arrived));
  });

  it('answers a create with 201, where the new thing is, its revision and its position', async () => {
    const reply = await post('/v1/lamps', { owner: 'c-1', watts: 60 });
    const [arrived] = lamp.arrived;
    expect(reply.status).toBe(201);
    expect(reply.headers.get('location')).toBe(`/v1/lamps/${arrived?.id}`);
    expect(reply.headers.get('etag')).toBe('"7"');
    expect(reply.headers.get('fourstar-position')).toBe(
      `${logId}/9007199254740993/${arrived?.cause.commandId}`,
    );
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.body).toEqual({
      id: arrived?.id,
      revision: '7',
      position: `${logId}/9007199254740993/${arrived?.cause.commandId}`,
      events: [{ eventId: arrived?.cause.commandId, type: 'LampHung' }],
      repeated: false,
    });
  });

  it('sends what was parsed, with its cause, to the command named in the path', async () => {
    const headers = {
      'if-match': '"3"',
      'fourstar-channel': 'hotline',
      'fourstar-hall': 'hall-3',
      'fourstar-on-behalf-of': 'c-9',
      'fourstar-correlation-id': 'aaaaaaaa-0000-4000-8000-000000000001',
    };
    const body = { since: '2026-02-15T23:59:59+08:00', reason: { code: 'customer-request' } };
    const reply = await post(`/v1/lamps/${id.toUpperCase()}/light`, body, headers);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('location')).toBeNull();
    const [arrived] = lamp.arrived;
    expect(arrived).toMatchObject({
      name: 'LightLamp',
      id,
      data: { since: '2026-02-15T15:59:59.000Z', colour: 'warm' },
      options: { expectedRevision: 3n },
    });
    expect(arrived?.data).not.toHaveProperty('reason');
    expect(arrived?.cause).toEqual({
      actor: 'staff-7',
      authority: 'electrician',
      onBehalfOf: 'c-9',
      channel: 'hotline',
      hall: 'hall-3',
      reason: { code: 'customer-request' },
      correlationId: 'aaaaaaaa-0000-4000-8000-000000000001',
      causationId: arrived?.cause.commandId,
      commandId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      requestHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('takes the correlation id from a trace, in the form of a UUID', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await post(`/v1/lamps/${id}/light`, {}, { traceparent });
    expect(lamp.arrived[0]?.cause.correlationId).toBe('4bf92f35-77b3-8da6-83ce-929d0e0e4736');
  });

  it('takes a command without fields also without a body', async () => {
    expect((await post(`/v1/lamps/${id}/light`)).status).toBe(200);
  });

  it('answers a repeated create as it did at first', async () => {
    lamp.carryOut(async (arrived) => ({ ...answerTo(arrived), repeated: true }));
    const reply = await post('/v1/lamps', { owner: 'c-1', watts: 60 }, { 'idempotency-key': 'k' });
    expect(reply).toMatchObject({ status: 201, body: { repeated: true } });
    expect(reply.headers.get('location')).toBe(`/v1/lamps/${lamp.arrived[0]?.id}`);
  });

  it('says no position and no revision where nothing was written', async () => {
    lamp.carryOut(async ({ id }) => ({ id, revision: -1n, events: [], repeated: false }));
    const reply = await post(`/v1/lamps/${id}/light`, {});
    expect(reply.body).toEqual({ id, revision: '-1', events: [], repeated: false });
    expect(reply.headers.get('etag')).toBeNull();
  });

  describe('Idempotency-Key', () => {
    const lamps = '/v1/lamps';
    const causeOf = async (path: string, body: unknown, key?: string, as = token) => {
      lamp.arrived.length = 0;
      await send('POST', `${lamp.url}${path}`, as, key ? { 'idempotency-key': key } : {}, body);
      const [arrived] = lamp.arrived;
      if (!arrived) throw new Error('nothing arrived');
      return { ...arrived.cause, id: arrived.id };
    };

    it('gives the same request the same command, the same new id and the same hash, however it is spelt', async () => {
      const first = await causeOf(lamps, '{"owner":"c-1","watts":60}', 'k1');
      const again = await causeOf(lamps, '{ "watts": 6e1, "owner": "c-1" }', 'k1');
      expect({ ...again, correlationId: first.correlationId }).toEqual(first);
    });

    it('gives another body another hash under the same command', async () => {
      const first = await causeOf(lamps, { owner: 'c-1', watts: 60 }, 'k1');
      const other = await causeOf(lamps, { owner: 'c-1', watts: 61 }, 'k1');
      expect(other.commandId).toBe(first.commandId);
      expect(other.requestHash).not.toBe(first.requestHash);
    });

    it('makes another command for another key, actor, route or aggregate, and each time without a key', async () => {
      const other = '11111111-4c0d-4f6e-9a51-0c6f6b5b2f11';
      const causes = [
        await causeOf(`/v1/lamps/${id}/light`, {}, 'k1'),
        await causeOf(`/v1/lamps/${id}/light`, {}, 'k2'),
        await causeOf(`/v1/lamps/${id}/light`, {}, 'k1', await lamp.token(['electrician'], 'staff-8')),
        await causeOf(`/v1/lamps/${id}/break`, { reason: { code: 'storm' } }, 'k1'),
        await causeOf(`/v1/lamps/${other}/light`, {}, 'k1'),
        await causeOf(`/v1/lamps/${id}/light`, {}),
        await causeOf(`/v1/lamps/${id}/light`, {}),
      ];
      expect(new Set(causes.map(({ commandId }) => commandId)).size).toBe(causes.length);
    });
  });
});

describe('a command table', () => {
  const withLine = (line: Partial<CommandLine>): AnyDecider => {
    const good = {
      shape: z.strictObject({}),
      route: 'POST /lamps/{id}/fix',
      roles: ['electrician'],
      does: 'Fixes.',
    };
    return { ...lamps, commands: { FixLamp: { ...good, ...line } as CommandLine } };
  };

  it.each<[string, Partial<CommandLine>, RegExp]>([
    ['a second thing that varies', { route: 'POST /lamps/{id}/bulbs/{bulb}' }, /FixLamp: .*\{id\}, once/],
    ['a reason of its own', { shape: z.object({ reason: z.string() }) }, /FixLamp: `reason` belongs/],
    [
      'an inner object that takes anything',
      { shape: z.object({ bulbs: z.array(z.object({ watts: z.int() })) }) },
      /FixLamp: the object at \/properties\/bulbs\/items takes unknown fields/,
    ],
  ])('with %s does not become routes', (_what, line, message) => {
    expect(() => commandRoutes([withLine(line)])).toThrow(message);
  });

  it.each<[string, Type[], string]>([
    ['a line without roles', commandRoutes([withLine({ roles: [] })]), 'names no roles'],
    ['two lines of one name', commandRoutes([lamps, lamps]), 'two routes are named HangLamp'],
  ])('with %s does not start', async (_what, controllers, message) => {
    class Faulty {}
    const ends = [{ provide: PositionTokens, useValue: new PositionTokens(logId) }];
    const module = { module: Faulty, imports: [CqrsModule.forRoot()], controllers, providers: ends };
    await expect(serveLamps({}, [module])).rejects.toThrow(message);
  });
});
