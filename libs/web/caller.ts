/** Who asks: what the guard has found in the token. */
export interface Caller {
  /** The token's subject, an opaque id. */
  readonly actor: string;
  readonly roles: readonly string[];
  /** The role of the caller that opened this route. */
  readonly authority: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on open routes and until the guard has let the request pass. */
    caller: Caller | null;
  }
}
