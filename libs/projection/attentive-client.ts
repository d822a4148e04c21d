import type { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';

/** What the client of `pg` has besides what its types tell. */
interface Inside {
  readonly connection: { readonly stream: Socket };
  /** False from the moment at which a query is sent until its answer is complete. */
  readonly readyForQuery: boolean;
}

/**
 * A client of Postgres that gives its connection up when an answer stays away for so long, in silence. `pg` itself has no
 * timer, and a network may lose a connection without telling either end: whoever asked would wait for ever.
 */
export function clientAttentiveFor(silenceMs: number): typeof Client {
  return class extends Client {
    constructor(config?: string | ClientConfig) {
      super(config);
      this.once('connect', () => {
        // pg tells no other way when its socket is silent, and what its queries wait for.
        const inside = this as unknown as Inside;
        const { stream } = inside.connection;
        stream.setTimeout(silenceMs, () => {
          if (inside.readyForQuery) return;
          // By the code that the system itself gives to a connection that it has given up.
          const lost = new Error(`Postgres has been silent for ${silenceMs} ms`);
          stream.destroy(Object.assign(lost, { code: 'ETIMEDOUT' }));
        });
      });
    }
  };
}
