/** Fourstar's public HTTP API, as any service would call it. */
export class Api {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** @throws Error with the problem's own words when the answer is not a success */
  post<A>(path: string, body: object): Promise<A> {
    return this.send(path, { method: 'POST', body: JSON.stringify(body) });
  }

  get<A>(path: string): Promise<A> {
    return this.send(path, {});
  }

  private async send<A>(path: string, init: RequestInit): Promise<A> {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' };
    const response = await fetch(`${this.url}/v1${path}`, { ...init, headers });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${JSON.stringify(answer)}`);
    return answer as A; // What the API's documentation promises for this route.
  }
}
