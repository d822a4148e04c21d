import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { send, serveLamps, type Harness } from './harness.fixture.js';
import { answerTo } from './lamp.fixture.js';

const light = '/v1/lamps/7f2c1b0a-4c0d-4f6e-9a51-0c6f6b5b2f11/light';

const connectTo = (url: string) => connect(Number(new URL(url).port), '127.0.0.1');
const rawRequest = (token: string, body: string, length = body.length) =>
  [
    `POST ${light} HTTP/1.1`,
    'Host: lamps',
    `Authorization: Bearer ${token}`,
    'Content-Type: application/json',
    `Content-Length: ${length}`,
    '',
    body,
  ].join('\r\n');

describe('limits', () => {
  let lamp: Harness;
  afterEach(() => lamp.close());

  const start = async (environment: Record<string, string> = {}) => {
    lamp = await serveLamps(environment);
    const token = await lamp.token(['electrician']);
    return { token, post: (headers = {}) => send('POST', `${lamp.url}${light}`, token, headers, {}) };
  };
  /** Holds every command until it is let go. */
  const hold = () => {
    let letGo = () => {};
    const free = new Promise<void>((resolve) => (letGo = resolve));
    lamp.carryOut(async (arrived) => {
      await free;
      return answerTo(arrived);
    });
    return letGo;
  };
  const inFlight = async () => {
    const { body } = await send('GET', `${lamp.url}/metrics`);
    return /^http_requests_in_flight (\d+)$/m.exec(String(body['text']))?.[1];
  };
  const until = async (condition: () => boolean | Promise<boolean>) => {
    while (!(await condition())) await new Promise(setImmediate);
  };

  it('answers or refuses each of 300 requests at once, five of them in flight', async () => {
    const { post } = await start({ MAX_IN_FLIGHT: '5' });
    const letGo = hold();
    const asked = Array.from({ length: 300 }, () => post());
    await until(() => lamp.arrived.length === 5);
    expect(await inFlight()).toBe('5');
    expect((await send('GET', `${lamp.url}/health/ready`)).status).toBe(200);
    const refused = await Promise.any(asked);
    expect(refused).toMatchObject({ status: 503, body: { type: '/problems/overloaded' } });
    expect(refused.headers.get('retry-after')).toBe('1');
    letGo();
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    expect(statuses.filter((status) => status === 200)).toHaveLength(lamp.arrived.length);
    expect((await post()).status).toBe(200);
    await until(async () => (await inFlight()) === '0');
  });

  it('keeps the place of a caller who hung up until the work is done', async () => {
    const { token, post } = await start({ MAX_IN_FLIGHT: '1' });
    const letGo = hold();
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const aborting = new AbortController();
    const asked = fetch(`${lamp.url}${light}`, {
      method: 'POST',
      headers,
      body: '{}',
      signal: aborting.signal,
    });
    await until(() => lamp.arrived.length === 1);
    aborting.abort();
    await expect(asked).rejects.toThrow();
    await until(() => lamp.lines.some((line) => line.includes('"status":499')));
    expect((await post()).status).toBe(503);
    letGo();
    await until(async () => (await inFlight()) === '0');
    expect((await post()).status).toBe(200);
  });

  it('gives no place to half a request: whoever falls silent in the middle of the body shuts nobody out', async () => {
    const { token, post } = await start({ MAX_IN_FLIGHT: '1' });
    const socket = connectTo(lamp.url);
    const arrived = once(lamp.app.getHttpServer(), 'request');
    socket.write(rawRequest(token, '{"a', 99));
    await arrived;
    expect(await inFlight()).toBe('0');
    expect(await post()).toMatchObject({ status: 200 });
    socket.destroy();
  });

  it('says that the outcome is unknown when a command takes too long, and keeps its place until it ends', async () => {
    const { post } = await start({ REQUEST_TIMEOUT_MS: '50', MAX_IN_FLIGHT: '1' });
    const letGo = hold();
    expect(await post()).toMatchObject({ status: 503, body: { type: '/problems/timed-out' } });
    expect(await post()).toMatchObject({ status: 503, body: { type: '/problems/overloaded' } });
    letGo();
    await until(async () => (await inFlight()) === '0');
  });

  it('finishes what is in flight when it is stopped, and takes nothing new', async () => {
    const { post } = await start();
    const letGo = hold();
    const asked = [post(), post(), post()];
    await until(() => lamp.arrived.length === 3);
    const stopped = lamp.close();
    await expect(until(async () => (await post()).status !== 503)).rejects.toThrow();
    letGo();
    const replies = await Promise.all(asked);
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(replies.map(({ headers }) => headers.get('connection'))).toEqual(['close', 'close', 'close']);
    await stopped;
    expect(lamp.arrived).toHaveLength(3);
  });

  it('does nothing for a request that comes in by an open connection after the stop', async () => {
    const { token } = await start();
    const letGo = hold();
    const socket = connectTo(lamp.url);
    socket.resume();
    socket.write(rawRequest(token, '{}'));
    await until(() => lamp.arrived.length === 1);
    const stopped = lamp.close();
    const second = once(lamp.app.getHttpServer(), 'request');
    socket.write(rawRequest(token, '{}'));
    // What Node's HTTP server passes to its 'request' listeners.
    const [, response] = (await second) as [IncomingMessage, ServerResponse];
    await until(() => response.writableEnded || lamp.arrived.length === 2);
    letGo();
    await stopped;
    expect(lamp.arrived).toHaveLength(1);
  });

  it('cuts off what does not finish in time', async () => {
    const { post } = await start({ DRAIN_TIMEOUT_MS: '0' });
    const letGo = hold();
    const asked = post();
    await until(() => lamp.arrived.length === 1);
    await Promise.all([lamp.close(), expect(asked).rejects.toThrow()]);
    letGo();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops on %s', async (signal) => {
    const { post } = await start();
    const listeners = process.listenerCount(signal);
    const letGo = hold();
    const asked = post();
    await until(() => lamp.arrived.length === 1);
    process.emit(signal);
    expect(process.listenerCount(signal)).toBe(listeners - 1);
    letGo();
    expect((await asked).status).toBe(200);
    await lamp.close();
    await expect(post()).rejects.toThrow();
  });

  it('closes what it has opened when its port is taken', async () => {
    await start();
    let closed = false;
    class Store {
      onApplicationShutdown() {
        closed = true;
      }
    }
    const { port } = new URL(lamp.url);
    await expect(serveLamps({ PORT: port }, [{ module: Store }])).rejects.toThrow('EADDRINUSE');
    expect(closed).toBe(true);
  });
});
