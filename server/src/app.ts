import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  LogController,
  type RawServerDefault,
} from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import type { z } from "zod";
import { apiErrorOf, writeClientError } from "./errors.js";
import { refusalOf } from "./schemas.js";
import type { Settings } from "./settings.js";

/** Fastify with the schemas of this server. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** After the limit of time, for the answer to leave and the sentence to be sent. */
export const GRACE_SECONDS = 10;
/** What callers may name their requests. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** Fastify as this server wants it: limits, request ids, its own schemas and its own words for what is refused. */
export function newApp({ logLevel, logStream, bodyLimit, receiveLimit, timeLimit }: Settings): App {
  const app = Fastify({
    logger: logLevel === "silent" ? false : { level: logLevel, ...(logStream && { stream: logStream }) },
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: ({ headers }) => {
      const given = headers["x-request-id"];
      return typeof given === "string" && REQUEST_ID.test(given) ? given : randomUUID();
    },
    bodyLimit,
    requestTimeout: receiveLimit * 1000,
    // A socket on which nothing happens for so long has no reader.
    connectionTimeout: (timeLimit + GRACE_SECONDS) * 1000,
    http: { headersTimeout: receiveLimit * 1000, connectionsCheckingInterval: 1000 },
    forceCloseConnections: "idle",
    return503OnClosing: false,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => {
      const said = apiErrorOf(error, request.log);
      const answer: FastifyReply = reply;
      void answer.code(said.statusCode).header("x-request-id", request.id).send(said.toBody());
    },
    clientErrorHandler: writeClientError,
  }).withTypeProvider<ZodTypeProvider>();
  app.removeContentTypeParser("text/plain");
  app.setValidatorCompiler(({ schema, url = "" }) => (data) => {
    const result = (schema as z.ZodType).safeParse(data);
    const what = url.split("/").at(-1) ?? url;
    return result.success ? { value: result.data } : { error: refusalOf(result.error, what) };
  });
  // Results come from the workers as JSON already; what they look like is held by tests against the schemas.
  app.setSerializerCompiler(() => JSON.stringify);
  return app;
}
