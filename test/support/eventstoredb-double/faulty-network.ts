import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP proxy in front of a server: what happens between a client and a server when things go wrong. */
export class FaultyNetwork {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #frozen = false;
  /** Bytes that came from clients while frozen, and were lost. */
  lost = 0;

  private constructor(target: number) {
    this.#server = createServer((client) => {
      const upstream = connect(target, '127.0.0.1');
      for (const socket of [client, upstream]) {
        this.#sockets.add(socket);
        // gRPC writes small frames; waiting to fill packets would cost 40 ms on each.
        socket.setNoDelay(true);
        // A cut connection is the point of this class, not a failure of the test.
        socket.on('error', () => {});
        socket.on('close', () => {
          this.#sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
      }
      client.on('data', (chunk: Buffer) => {
        if (this.#frozen) this.lost += chunk.length;
        else upstream.write(chunk);
      });
      upstream.on('data', (chunk) => !this.#frozen && client.write(chunk));
    });
  }

  static async inFrontOf(target: number): Promise<FaultyNetwork> {
    const network = new FaultyNetwork(target);
    await network.up(0);
    return network;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Cuts every connection; new ones are taken. */
  cut(): void {
    for (const socket of [...this.#sockets]) socket.destroy();
  }

  /** Takes connections and bytes and never answers, as a stopped process or a dead router does. */
  freeze(): void {
    this.#frozen = true;
  }

  /** New connections work again; those from before stay broken, as bytes were lost. */
  thaw(): void {
    this.#frozen = false;
    this.cut();
  }

  /** Refuses connections, as a stopped server does. */
  async down(): Promise<number> {
    const { port } = this;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.cut();
    await closed;
    return port;
  }

  async up(port: number): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
  }
}
