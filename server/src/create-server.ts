import { isIP } from "node:net";
import cors from "@fastify/cors";
import helmet from "@fastify/helmet";
import type { FastifyReply, FastifyRequest } from "fastify";
import { TandemError } from "tandem-seq2seq";
import { ApiError, ERROR_STATUS } from "./api-error.js";
import { type App, GRACE_SECONDS, newApp } from "./app.js";
import { Connections } from "./connections.js";
import { registerDocs } from "./docs.js";
import { Engine } from "./engine.js";
import { registerFiles } from "./files.js";
import { handleErrors } from "./handle-errors.js";
import { registerApi } from "./routes.js";
import type { ServedModel } from "./served-models.js";
import { type ServerOptions, type Settings, settingsOf } from "./settings.js";

/** A server that has opened its models. */
export interface TandemServer {
  /** What it serves, in the order given. */
  readonly models: readonly ServedModel[];
  /** Begins to listen. @returns its address, such as `http://127.0.0.1:8770` */
  listen(): Promise<string>;
  /** Takes no more, finishes what it has taken, ends its threads. */
  close(): Promise<void>;
}

const LOOPBACK = ["localhost", "127.0.0.1", "::1"];

/**
 * Opens models and makes a server of them.
 *
 * ```ts
 * import { createServer } from "tandem-seq2seq-server";
 *
 * const server = await createServer({ models: ["runs/dates"], port: 0 });
 * const address = await server.listen();
 * await server.close();
 * ```
 */
export async function createServer(options: ServerOptions): Promise<TandemServer> {
  const settings = settingsOf(options);
  const app = newApp(settings);
  const engine = await Engine.open(options.models, settings, (reason) =>
    app.log.error({ reason }, "a worker ended and is started again"),
  );
  const state = { isStopping: false };
  const connections = new Connections(app.server);
  try {
    await register(app, engine, settings, state, connections);
    await app.ready();
  } catch (error) {
    await engine.close();
    throw error;
  }
  return {
    models: engine.models,
    listen: () => app.listen({ host: settings.host, port: settings.port }).catch((error) => refuse(error, settings)),
    async close() {
      state.isStopping = true;
      // Connections without a request, those among them that have just had their answer, would be kept alive.
      const idle = setInterval(() => connections.endIdle(), 50);
      const late = setTimeout(() => app.server.closeAllConnections(), (settings.timeLimit + GRACE_SECONDS) * 1000);
      await app.close();
      clearInterval(idle);
      clearTimeout(late);
      await engine.close();
    },
  };
}

async function register(
  app: App,
  engine: Engine,
  settings: Settings,
  state: { isStopping: boolean },
  connections: Connections,
): Promise<void> {
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id);
    reply.raw.once("close", () => record(engine, request, reply));
    connections.begin(request.raw.socket, reply.raw);
    if (!state.isStopping) return;
    reply.header("connection", "close");
    throw new ApiError("stopping", "The server is stopping. Send the request again when it is back.", {
      retryAfter: 5,
    });
  });
  if (isLoopback(settings.host)) app.addHook("onRequest", async ({ headers }) => refuseStrangeHost(headers.host));
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        workerSrc: ["'self'", "blob:"],
        imgSrc: ["'self'", "blob:"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    // With these two a page is cross-origin isolated, which shared memory asks for.
    crossOriginOpenerPolicy: { policy: "same-origin" },
    crossOriginEmbedderPolicy: { policy: "require-corp" },
    crossOriginResourcePolicy: { policy: settings.cors.length > 0 ? "cross-origin" : "same-origin" },
    // Encryption is the business of what stands before this server.
    strictTransportSecurity: false,
  });
  if (settings.cors.length > 0)
    await app.register(cors, {
      origin: settings.cors.includes("*") ? "*" : [...settings.cors],
      methods: ["GET", "HEAD", "POST"],
      exposedHeaders: ["retry-after", "x-request-id"],
    });
  handleErrors(app);
  await registerDocs(app);
  registerApi(app, engine, settings);
  await registerFiles(app, engine, settings);
}

function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host) || (isIP(host) === 4 && host.startsWith("127."));
}

function refuse(error: NodeJS.ErrnoException, { host, port }: Settings): never {
  const { code = "" } = error;
  const sentences: Record<string, string> = {
    EADDRINUSE: `port: expected a free one, got ${port}, which is in use. Give another, or 0 for any.`,
    EACCES: `port: expected one that may be opened, got ${port}. Give one from 1024, or 0 for any.`,
    EADDRNOTAVAIL: `host: expected an address of this computer, got ${host}.`,
    ENOTFOUND: `host: expected an address of this computer, got ${host}.`,
  };
  throw sentences[code] === undefined ? error : new TandemError(`serve: ${sentences[code]}`, { cause: error });
}

/** A page elsewhere whose name was made to lead here must not read what is only for this computer. */
function refuseStrangeHost(host = ""): void {
  const name = host.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
  if (isLoopback(name)) return;
  throw new ApiError(
    "misdirected_request",
    `host: expected one of ${LOOPBACK.join(", ")}, got ${JSON.stringify(name.slice(0, 60))}. Start the server with --host to be reached under another name.`,
    { where: "host" },
  );
}

/** Counts and logs a request that has its answer, or whose caller has gone. Neither texts nor addresses with queries are kept. */
function record({ metrics }: Engine, request: FastifyRequest, reply: FastifyReply): void {
  const { method, ip, routeOptions, log } = request;
  const route = routeOptions.url ?? "(none)";
  const status = reply.raw.writableFinished ? reply.statusCode : ERROR_STATUS.client_gone;
  const { elapsedTime: ms } = reply;
  metrics.requests.inc({ route, status });
  metrics.seconds.observe({ route }, ms / 1000);
  log.info({ method, route, status, ms: Number(ms.toFixed(1)), ip }, "answered");
}
