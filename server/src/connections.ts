import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** The open connections of a server, and which of them have a request that is not answered yet. */
export class Connections {
  readonly #open = new Set<Socket>();
  readonly #busy = new Set<Socket>();

  constructor(server: Server) {
    server.on("connection", (socket: Socket) => {
      this.#open.add(socket);
      socket.once("close", () => this.#open.delete(socket));
    });
  }

  /** A request was accepted on a connection. */
  begin(socket: Socket, response: ServerResponse): void {
    this.#busy.add(socket);
    response.once("close", () => this.#busy.delete(socket));
  }

  /** Ends the connections on which nothing is owed, those included on which no request ever came. */
  endIdle(): void {
    for (const socket of this.#open) if (!this.#busy.has(socket)) socket.destroySoon();
  }
}
