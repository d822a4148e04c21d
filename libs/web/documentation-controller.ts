import { Controller, Inject, Param } from '@nestjs/common';
import { Endpoints, Open } from './endpoint.js';
import { openApiOf, type Api } from './openapi.js';
import type { ProblemKind } from './problem-kind.js';
import { Problem, problems, problemType } from './problem.js';

export const API = Symbol('what the API is called');

type Told = Pick<ProblemKind, 'status' | 'title'> & { readonly sentence?: string };

/** The API's description of itself. */
@Controller()
export class DocumentationController {
  private readonly document: object;
  private readonly kinds: ReadonlyMap<string, Told>;

  constructor(@Inject(API) api: Api, endpoints: Endpoints) {
    this.document = openApiOf(api, endpoints.all);
    const refusals = endpoints.all.flatMap((endpoint) => Object.entries(endpoint.refusals ?? {}));
    this.kinds = new Map<string, Told>([
      ...refusals.map(([code, title]): [string, Told] => [code, { status: 409, title }]),
      ...Object.values(problems).map((kind): [string, Told] => [kind.code, kind]),
    ]);
  }

  @Open('/openapi.json')
  openApi(): object {
    return this.document;
  }

  @Open('/problems/:code')
  problem(@Param('code') code: string): object {
    const kind = this.kinds.get(code);
    if (!kind) throw new Problem(problems.notFound, 'There is no problem of this name.');
    const { status, title, sentence } = kind;
    return { type: problemType(code), status, title, sentence };
  }
}
