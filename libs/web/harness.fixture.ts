import { Writable } from 'node:stream';
import type { DynamicModule, Type } from '@nestjs/common';
import type { Answer } from '#event-store/ask';
import { answerTo, lampModules, type Arrived } from './lamp.fixture.js';
import { jsonLogger } from './log.js';
import { serve, type Served } from './serve.js';
import { readSettings, webSettings } from './settings.js';

/** A server of lamps on a free port, with everything that it logged and that arrived at the end of its bus. */
export interface Harness extends Served {
  readonly lines: string[];
  readonly told: string[];
  readonly arrived: Arrived[];
  /** Says what the next commands come to. */
  carryOut(how: (arrived: Arrived) => Promise<Answer>): void;
  token(roles: readonly string[], sub?: string): Promise<string>;
}

export async function serveLamps(
  environment: Record<string, string> = {},
  more: readonly (Type | DynamicModule)[] = [],
): Promise<Harness> {
  const lines: string[] = [];
  const told: string[] = [];
  const arrived: Arrived[] = [];
  let how = async (one: Arrived): Promise<Answer> => answerTo(one);
  const modules = lampModules((one) => {
    arrived.push(one);
    return how(one);
  });
  const destination = new Writable({
    write(chunk, _encoding, done) {
      lines.push(...String(chunk).trim().split('\n'));
      done();
    },
  });
  const served = await serve([...modules, ...more], {
    settings: readSettings(webSettings, { PORT: '0', ...environment }),
    api: { title: 'Lamps', version: '1.0.0' },
    tell: (line) => told.push(line),
    logger: jsonLogger('info', destination),
  });
  return {
    ...served,
    lines,
    told,
    arrived,
    carryOut: (next) => (how = next),
    token: async (roles, sub) => (await served.issueDevelopmentToken?.(roles, sub)) ?? '',
  };
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One request; a body that is not text already goes out as JSON. */
export async function send(
  method: string,
  url: string,
  token?: string,
  headers: Record<string, string> = {},
  body?: unknown,
): Promise<Reply> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : { text } };
}
