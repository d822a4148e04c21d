import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** One way to a server on this machine, which can be made to fail as networks do. What is open and what comes later fail alike. */
export class Proxy {
  private readonly lines = new Set<Line>();
  private manner: Manner = {};

  private constructor(
    private readonly server: Server,
    private readonly to: number,
  ) {
    server.on('connection', (socket) => this.carry(socket));
  }

  /** Carries everything to the port until told otherwise. */
  static async open(to: number): Promise<Proxy> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Proxy(server, to);
  }

  get port(): number {
    // A listening TCP server's address is never a pipe's name.
    return (this.server.address() as AddressInfo).port;
  }

  /** Connections are accepted and stay open, and nothing comes through either way: what is sent is lost. */
  fallSilent(): void {
    this.manner = { silent: true };
    for (const line of this.lines) line.manner = this.manner;
  }

  /** Whether anything that was sent has been lost in silence. */
  get hasLost(): boolean {
    return [...this.lines].some(({ hasLost }) => hasLost);
  }

  /** Cuts every connection off after so many more bytes of the server's answers. */
  cutAnswersAfter(bytes: number): void {
    this.manner = { answerBytes: bytes };
    for (const line of this.lines) line.manner = { ...this.manner };
  }

  /** Holds everything back for a while, in its order. */
  slowDown(delayMs: number): void {
    this.manner = { delayMs };
    for (const line of this.lines) line.manner = this.manner;
  }

  /** Cuts off every connection at once, as a restarted router does. */
  reset(): void {
    for (const line of this.lines) line.cut();
  }

  /** What is opened from now on works. Connections that have lost something stay silent: nobody tells either end. */
  mend(): void {
    this.manner = {};
    for (const line of this.lines) if (!line.hasLost) line.manner = this.manner;
  }

  async close(): Promise<void> {
    this.reset();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private carry(client: Socket): void {
    const line = new Line(client, connect(this.to, '127.0.0.1'), { ...this.manner });
    this.lines.add(line);
    void line.ended.then(() => this.lines.delete(line));
  }
}

interface Manner {
  readonly silent?: boolean;
  readonly delayMs?: number;
  answerBytes?: number;
}

/** One connection, carried on. */
class Line {
  hasLost = false;
  readonly ended: Promise<void>;
  private end: () => void = () => undefined;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    public manner: Manner,
  ) {
    this.ended = new Promise((resolve) => (this.end = resolve));
    this.carry(client, server, (chunk) => chunk);
    this.carry(server, client, (chunk) => this.cutAnswer(chunk));
  }

  cut(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
    this.end();
  }

  private carry(from: Socket, to: Socket, pass: (chunk: Buffer) => Buffer): void {
    let last = Promise.resolve();
    const inTurn = (act: () => void) => {
      if (this.manner.silent) this.hasLost = true;
      if (this.hasLost) return;
      const { delayMs } = this.manner;
      const held = delayMs === undefined ? last : Promise.all([last, pause(delayMs)]);
      last = held.then(act);
    };
    from.on('data', (chunk: Buffer) => {
      inTurn(() => {
        if (to.destroyed || to.write(pass(chunk))) return;
        from.pause();
        to.once('drain', () => from.resume());
      });
    });
    from.on('end', () => inTurn(() => to.end()));
    from.on('error', () => inTurn(() => this.cut()));
    // Whoever closes a line that has lost something learns nothing of the other end, but that end must not stay for ever.
    from.on('close', () => (this.hasLost ? this.cut() : inTurn(() => to.end())));
    to.on('close', () => this.end());
  }

  private cutAnswer(chunk: Buffer): Buffer {
    const left = this.manner.answerBytes;
    if (left === undefined) return chunk;
    this.manner.answerBytes = left - chunk.length;
    if (chunk.length < left) return chunk;
    setImmediate(() => this.cut());
    return chunk.subarray(0, left);
  }
}
