import { applyDecorators, Get, Header, HttpCode, Post, SetMetadata } from '@nestjs/common';
import type { DiscoveryService, MetadataScanner } from '@nestjs/core';
import type { z } from 'zod';
import type { Refusals } from '#kernel/refusal';
import type { ProblemKind } from './problem-kind.js';

/** A route that needs a token, as its guard, its parser and its documentation see it. */
export interface Endpoint {
  readonly method: 'get' | 'post';
  /** The whole path, with `{id}` for what varies. */
  readonly path: `/${string}`;
  /** Unique among all routes of an application: the documentation's `operationId`. */
  readonly name: string;
  /** Under which heading it is documented. */
  readonly group: string;
  readonly roles: readonly string[];
  readonly does: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodObject;
  readonly status: 200 | 201;
  readonly answers: z.ZodType;
  /** What the headers of the answer say, by name. */
  readonly answerHeaders?: Readonly<Record<string, string>>;
  /** What it may answer with besides the problems that every endpoint has, and those that come with a body. */
  readonly problems?: readonly ProblemKind[];
  /** The business refusals that it may answer with. */
  readonly refusals?: Refusals;
}

const accessKey = 'fourstar:access';
type Access = Endpoint | 'open';

/** Makes a method of a controller the handler of an endpoint. */
export const Serves = (endpoint: Endpoint): MethodDecorator =>
  applyDecorators(
    (endpoint.method === 'get' ? Get : Post)(endpoint.path.replace(/\{(\w+)\}/g, ':$1')),
    HttpCode(endpoint.status),
    SetMetadata(accessKey, endpoint),
  );

/** A GET route that needs no token: health, metrics, documentation. */
export const Open = (path: `/${string}`, contentType = 'application/json; charset=utf-8'): MethodDecorator =>
  applyDecorators(
    Get(path),
    Header('Content-Type', contentType),
    SetMetadata(accessKey, 'open' satisfies Access),
  );

/** What a handler declares about who may reach it; undefined when it declares nothing. */
export function accessOf(handler: object): Access | undefined {
  // Only `Serves` and `Open` write this key.
  return Reflect.getMetadata(accessKey, handler) as Access | undefined;
}

/** Every endpoint of the application, sorted by path and method. */
export class Endpoints {
  constructor(readonly all: readonly Endpoint[]) {}

  /** Throws when a route declares neither roles nor that it is open: such an application does not start. */
  static discover(discovery: DiscoveryService, scanner: MetadataScanner): Endpoints {
    const found: Endpoint[] = [];
    for (const { metatype } of discovery.getControllers()) {
      if (!metatype) continue;
      if (Reflect.getMetadata('path', metatype) !== '/') {
        throw new Error(`${metatype.name}: routes say their whole path; give @Controller() none`);
      }
      // A controller's prototype holds its handlers by name.
      const handlers = metatype.prototype as Record<string, object>;
      for (const name of scanner.getAllMethodNames(handlers)) {
        const handler = handlers[name];
        if (!handler || Reflect.getMetadata('path', handler) === undefined) continue;
        const access = accessOf(handler);
        if (access === undefined || (access !== 'open' && access.roles.length === 0)) {
          throw new Error(
            `${metatype.name}.${name} is a route that names no roles; declare them, or say @Open`,
          );
        }
        if (access !== 'open') found.push(access);
      }
    }
    return new Endpoints(sorted(found));
  }

  get roles(): readonly string[] {
    return [...new Set(this.all.flatMap(({ roles }) => roles))].sort();
  }
}

function sorted(found: readonly Endpoint[]): Endpoint[] {
  const names = new Set<string>();
  for (const { name } of found) {
    if (names.has(name)) throw new Error(`two routes are named ${name}; operation names are unique`);
    names.add(name);
  }
  const key = ({ path, method }: Endpoint) => `${path} ${method}`;
  return [...found].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
