import { mkdir, realpath } from 'node:fs/promises';
import { Child } from './child.js';
import type { Log } from './child-run.js';
import { builtEntry } from './entry.js';
import { endLeftovers, makeEphemeralFolder, removeFolder } from './ephemeral.js';

export interface StoreOptions {
  /** A folder that only this store uses; made when it is missing, ignored when ephemeral. */
  readonly dataDir: string;
  /** Keeps nothing: the data lie in a temporary folder that goes when the store stops. */
  readonly ephemeral?: boolean;
  readonly log: Log;
}

/** A store that runs as a supervised child process. */
export interface Store {
  /** Stays valid when the store has to be started again. */
  readonly url: string;
  /** The process that is supervised; another one after a restart. */
  readonly pid: number | undefined;
  onRestart(listener: () => void): void;
  stop(): Promise<void>;
}

export interface StoreKind {
  readonly name: string;
  /** The built entry, named from libs/embedded. */
  readonly entry: string;
  /** Arguments in any case. */
  readonly args?: readonly string[];
  /** Further arguments when the store keeps nothing. */
  readonly ephemeralArgs: readonly string[];
  readonly url: (port: number, dataDir: string) => Promise<string> | string;
}

/** Starts a store of this kind; rejects with its last words when it does not come up. */
export async function startStore(kind: StoreKind, options: StoreOptions): Promise<Store> {
  const { ephemeral = false, log } = options;
  const dataDir = ephemeral ? await makeEphemeralFolder() : await openFolder(options.dataDir);
  const cleanUp = async (): Promise<void> => {
    await endLeftovers(dataDir);
    if (ephemeral) await removeFolder(dataDir);
  };
  try {
    const args = [...(kind.args ?? []), ...(ephemeral ? kind.ephemeralArgs : [])];
    const child = await Child.start({ name: kind.name, entry: builtEntry(kind.entry), args, dataDir, log });
    return {
      url: await kind.url(child.port, dataDir),
      get pid() {
        return child.pid;
      },
      onRestart: (listener) => child.onRestart(listener),
      stop: async () => {
        await child.stop();
        await cleanUp();
      },
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

async function openFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  return realpath(path);
}
