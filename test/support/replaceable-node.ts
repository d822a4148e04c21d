import { cpSync, rmSync } from 'node:fs';
import { NodeProcess, temporaryDir } from '../conform/node-process.js';

/** A real event store whose data can be exchanged behind its address, as a restore does it. */
export class ReplaceableNode {
  private readonly folders: string[] = [];

  private constructor(private node: NodeProcess) {}

  static async start(): Promise<ReplaceableNode> {
    return new ReplaceableNode(await NodeProcess.start());
  }

  get url(): string {
    return this.node.url;
  }

  /** A copy of the data, taken while nobody writes. */
  async backup(): Promise<string> {
    const folder = this.folder();
    await this.exchange(() => cpSync(this.node.dataDir, folder, { recursive: true }));
    return folder;
  }

  /** Puts a copy of other data, or of none, into the place of its own. */
  async replaceBy(folder?: string): Promise<void> {
    const own = this.node.dataDir;
    await this.exchange(() => {
      rmSync(own, { recursive: true });
      if (folder !== undefined) cpSync(folder, own, { recursive: true });
    });
  }

  /** As it is after a crash of the process. */
  restart(): Promise<void> {
    return this.exchange(() => undefined);
  }

  async remove(): Promise<void> {
    await this.node.remove();
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }

  private folder(): string {
    const folder = temporaryDir();
    this.folders.push(folder);
    return folder;
  }

  private async exchange(change: () => void): Promise<void> {
    const { dataDir, port } = this.node;
    await this.node.end();
    change();
    this.node = await NodeProcess.start(dataDir, ['--port', `${port}`]);
  }
}
