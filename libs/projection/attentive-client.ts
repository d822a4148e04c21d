import type { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import type { QueryRunner } from 'typeorm';

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
        // Not as the callback of `setTimeout`, which is called once: an idle connection that is kept would be watched no more.
        stream.on('timeout', () => {
          if (inside.readyForQuery) return;
          // By the code that the system itself gives to a connection that it has given up.
          const lost = new Error(`Postgres has been silent for ${silenceMs} ms`);
          stream.destroy(Object.assign(lost, { code: 'ETIMEDOUT' }));
        });
        stream.setTimeout(silenceMs);
      });
    }
  };
}

/**
 * Lets statements take as long as they do: an index of a large table says nothing before it is complete. Given up is then only a
 * connection whose other end no longer acknowledges the system's own keep-alive.
 */
export async function patiently<T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> {
  // TypeORM types the connection of its query runner as any; of the Postgres driver it is a client of the pool.
  const { stream } = ((await runner.connect()) as Inside).connection;
  const { timeout: silenceMs = 0 } = stream;
  stream.setTimeout(0);
  try {
    return await work();
  } finally {
    stream.setTimeout(silenceMs);
  }
}
