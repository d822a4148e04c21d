import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { send, serveLamps, type Harness } from './harness.fixture.js';
import { Readiness, type Health } from './readiness.js';

describe('operations', () => {
  let lamp: Harness;
  const get = (path: string) => send('GET', `${lamp.url}${path}`);
  const clock = { ok: true, detail: 'in step' };
  let log: () => Health = () => ({ ok: true, detail: 'at the head' });

  beforeAll(async () => {
    lamp = await serveLamps();
    lamp.app.get(Readiness).add('log', () => log());
    lamp.app.get(Readiness).add('clock', async () => clock);
  });
  afterAll(() => lamp.close());

  it('lives', async () => {
    expect(await get('/health/live')).toMatchObject({ status: 200, body: { live: true } });
  });

  it('is ready while all its checks are well, and lists them', async () => {
    const checks = [
      { name: 'log', ok: true, detail: 'at the head' },
      { name: 'clock', ...clock },
    ];
    expect(await get('/health/ready')).toMatchObject({ status: 200, body: { ready: true, checks } });
  });

  it('is not ready when one is not, or throws; what it throws stays inside', async () => {
    log = () => ({ ok: false, detail: '1204 behind' });
    expect(await get('/health/ready')).toMatchObject({
      status: 503,
      body: { checks: [{ ok: false, detail: '1204 behind' }, clock] },
    });
    log = () => {
      throw new RangeError('10.0.0.7 is down');
    };
    expect(await get('/health/ready')).toMatchObject({
      status: 503,
      body: { checks: [{ ok: false, detail: 'RangeError' }, clock] },
    });
  });

  it('refuses a second check of the same name, which would hide the first', () => {
    expect(() => lamp.app.get(Readiness).add('clock', () => clock)).toThrow('named clock');
  });

  it('measures by route template, without ids', async () => {
    const id = '7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f11';
    await send('POST', `${lamp.url}/v1/lamps/${id}/light`, await lamp.token(['electrician']), {}, {});
    await get(`/v1/nothing/${id}`);
    const { headers, body } = await get('/metrics');
    const text = String(body['text']);
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain(
      'http_request_duration_seconds_count{method="POST",route="/v1/lamps/:id/light",status="200"} 1',
    );
    expect(text).toContain('route="none",status="404"');
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).not.toContain(id);
  });

  it('logs one line a request, with nothing in it that a caller wrote', async () => {
    lamp.lines.length = 0;
    const planted = 'planted-8842';
    const token = await lamp.token(['electrician', 'tenant'], 'staff-7');
    const traced = { 'user-agent': planted, 'idempotency-key': planted, 'x-request-id': planted };
    const id = '7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f11';
    await send('POST', `${lamp.url}/v1/lamps`, token, traced, { owner: planted, watts: 1 });
    await send('POST', `${lamp.url}/v1/lamps/${id}/light`, token, traced, { [planted]: 1 });
    await send('GET', `${lamp.url}/v1/lamps?owner=${planted}`, token, traced);
    await send('GET', `${lamp.url}/v1/${planted}`, token, traced);
    await send('GET', `${lamp.url}/v1/lamps`, planted, traced);
    lamp.carryOut(async () => {
      const cause = Object.assign(new Error('the statement failed'), {
        parameters: [planted],
        detail: planted,
      });
      throw new Error('no answer', { cause });
    });
    await send('POST', `${lamp.url}/v1/lamps/${id}/light`, token, traced, {});
    const lines = lamp.lines.map((line) => JSON.parse(line));
    expect(lamp.lines.join()).not.toContain(planted);
    expect(lamp.lines.join()).not.toContain(token);
    expect(lines.filter(({ msg }) => msg === 'request')).toHaveLength(6);
    expect(lines[0]).toEqual({
      level: 30,
      time: expect.any(String),
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      method: 'POST',
      route: '/v1/lamps',
      status: 201,
      durationMs: expect.any(Number),
      actor: 'staff-7',
      msg: 'request',
    });
    expect(lines.find(({ msg }) => msg === 'request failed').err.cause.message).toBe('the statement failed');
  });
});
