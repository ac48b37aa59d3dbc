import type { FastifyReply } from "fastify";
import { z } from "zod";
import { ApiError } from "./api-error.js";
import type { App } from "./app.js";
import type { Engine } from "./engine.js";
import { apiErrorOf } from "./errors.js";
import { EventStream } from "./event-stream.js";
import type { Call, CallOptions, Item } from "./protocol.js";
import {
  errorSchema,
  modelsSchema,
  prefixForEach,
  requestSchemas,
  resultSchemas,
  resultsOf,
  traceSchema,
} from "./schemas.js";
import type { Settings } from "./settings.js";

/** The addresses under which a model is asked, and those that tell how the server is. */
export function registerApi(app: App, engine: Engine, settings: Settings): void {
  const schemas = requestSchemas(settings);
  const errors = { "4xx": errorSchema, "5xx": errorSchema };

  app.post(
    "/v1/translate",
    {
      schema: {
        ...{ operationId: "translate", tags: ["models"], summary: "Translate texts" },
        description:
          "With `stream` the answer is `text/event-stream`: events `token` with the text so far, then `result`.",
        body: schemas.translate,
        response: { 200: resultsOf(resultSchemas.translate), ...errors },
      },
    },
    async ({ body }, reply) => {
      const { text: texts, prefix, options, stream } = body;
      const model = engine.modelFor("translate", body.model);
      const prefixes = prefix && prefixForEach(texts, prefix);
      const item: Item = prefixes ? { texts, prefixes } : { texts };
      checkLengths(options, texts, settings);
      const shown = { attention: false, ...options };
      if (!stream) {
        const call: Call = {
          name: "translate",
          options: { splitSentences: true, ...shown } as CallOptions["translate"],
        };
        return answer(reply, model.name, call, item);
      }
      refuseSeveral(texts.length);
      return answerStream(reply, model.name, { name: "stream", options: shown as CallOptions["stream"] }, item);
    },
  );

  app.post(
    "/v1/classify",
    {
      schema: {
        ...{ operationId: "classify", tags: ["models"], summary: "Give texts a label" },
        body: schemas.classify,
        response: { 200: resultsOf(resultSchemas.classify), ...errors },
      },
    },
    async ({ body: { model, text: texts, options } }, reply) =>
      answer(reply, engine.modelFor("classify", model).name, { name: "classify", options }, { texts }),
  );

  app.post(
    "/v1/tag",
    {
      schema: {
        ...{ operationId: "tag", tags: ["models"], summary: "Give each token of texts a tag" },
        body: schemas.tag,
        response: { 200: resultsOf(resultSchemas.tag), ...errors },
      },
    },
    async ({ body: { model, text: texts } }, reply) =>
      answer(reply, engine.modelFor("tag", model).name, { name: "tag", options: {} }, { texts }),
  );

  app.post(
    "/v1/generate",
    {
      schema: {
        ...{ operationId: "generate", tags: ["models"], summary: "Write lines" },
        description: "Tokens are drawn at random unless a search is asked for; the same seed gives the same lines.",
        body: schemas.generate,
        response: { 200: resultsOf(resultSchemas.generate), ...errors },
      },
    },
    async ({ body }, reply) => {
      const { prefix, count, options: given, stream } = body;
      const model = engine.modelFor("generate", body.model);
      if (prefix !== undefined && count !== undefined)
        throw new ApiError(
          "invalid_request",
          "generate: count: expected none beside a prefix, got one. Leave one out.",
          {
            where: "count",
          },
        );
      const options = given as CallOptions["generate"];
      checkLengths(given, [], settings);
      const texts = prefix ?? [""];
      if (!stream)
        return answer(
          reply,
          model.name,
          { name: "generate", options: prefix ? options : { ...options, count: count ?? 1 } },
          { texts },
        );
      refuseSeveral(count ?? texts.length);
      return answerStream(reply, model.name, { name: "stream", options: options as CallOptions["stream"] }, { texts });
    },
  );

  app.post(
    "/v1/encode",
    {
      schema: {
        ...{ operationId: "encode", tags: ["models"], summary: "Turn texts into vectors" },
        body: schemas.encode,
        response: { 200: resultsOf(resultSchemas.encode), ...errors },
      },
    },
    async ({ body: { model, text: texts } }, reply) =>
      answer(reply, engine.modelFor("encode", model).name, { name: "encode", options: {} }, { texts }),
  );

  app.post(
    "/v1/trace",
    {
      schema: {
        ...{ operationId: "trace", tags: ["models"], summary: "Every stage of one prediction" },
        description: "Tokens, ids, embeddings, states, scores, weights, gates, candidates; of a beam also its tree.",
        body: schemas.trace,
        response: { 200: traceSchema, ...errors },
      },
    },
    async ({ body: { model, text, beamSize } }, reply) => {
      const { name, task } = engine.modelFor("trace", model);
      if (beamSize !== undefined && task !== "translate")
        throw new ApiError(
          "invalid_request",
          `trace: beamSize: expected a model of task translate, got ${name} of task ${task}. Leave it out.`,
          { where: "beamSize" },
        );
      const signal = signalOf(reply, settings);
      const json = await engine.ask({
        model: name,
        call: { name: "trace", options: beamSize === undefined ? {} : { beamSize } },
        item: { texts: [text] },
        signal,
      });
      return sendJson(reply, `{"model":${JSON.stringify(name)},"trace":${json}}`);
    },
  );

  app.get(
    "/v1/models",
    {
      schema: {
        ...{ operationId: "models", tags: ["models"], summary: "The models that are served" },
        response: { 200: modelsSchema },
      },
    },
    async () => ({ models: engine.models.map(({ path: _, ...facts }) => facts) }),
  );

  app.get(
    "/healthz",
    {
      schema: {
        ...{ operationId: "health", tags: ["server"], summary: "Whether it answers" },
        response: {
          200: z.strictObject({ status: z.literal("ok"), waiting: z.int().describe("Texts that wait") }),
          503: errorSchema,
        },
      },
    },
    async () => {
      if (!engine.isUp)
        throw new ApiError("worker_died", "No thread with the models is up; one is being started.", { retryAfter: 1 });
      return { status: "ok" as const, waiting: engine.waiting };
    },
  );

  app.get(
    "/metrics",
    {
      schema: {
        ...{ operationId: "metrics", tags: ["server"], summary: "Counts for Prometheus" },
        response: { 200: { description: "Prometheus text", content: { "text/plain": { schema: z.string() } } } },
      },
    },
    async (_, reply) => {
      const { registry } = engine.metrics;
      return reply
        .type(registry.contentType)
        .serializer(String)
        .send(await registry.metrics());
    },
  );

  function refuseSeveral(count: number): void {
    if (count !== 1)
      throw new ApiError("invalid_request", `stream: expected one text, got ${count}. Ask for each by itself.`, {
        where: "stream",
      });
  }

  async function answer(reply: FastifyReply, model: string, call: Call, item: Item): Promise<FastifyReply> {
    const json = await engine.ask({ model, call, item, signal: signalOf(reply, settings) });
    return sendJson(reply, `{"model":${JSON.stringify(model)},"results":[${json}]}`);
  }

  async function answerStream(reply: FastifyReply, model: string, call: Call, item: Item): Promise<FastifyReply> {
    const events = new EventStream();
    const signal = signalOf(reply, settings);
    let begin = () => {};
    const first = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const onEvent = (json: string) => {
      events.tell(json);
      begin();
    };
    const end = engine.ask({ model, call, item, signal, onEvent });
    // What is wrong with the request is known before the first token, while the status can still be chosen.
    await Promise.race([first, end]);
    end.then(
      (json) => events.finish("result", json),
      (error: unknown) => events.finish("error", JSON.stringify(apiErrorOf(error, reply.log).toBody())),
    );
    return reply
      .type("text/event-stream; charset=utf-8")
      .headers({ "cache-control": "no-store", "x-accel-buffering": "no" })
      .send(events);
  }
}

function sendJson(reply: FastifyReply, json: string): FastifyReply {
  return reply.type("application/json; charset=utf-8").serializer(String).send(json);
}

/** Aborts when the caller has gone, or when the answer takes too long. */
function signalOf(reply: FastifyReply, { timeLimit }: Settings): AbortSignal {
  const controller = new AbortController();
  const leave = () => controller.abort(new ApiError("client_gone", "The caller has gone."));
  // Who was gone before the body was read is not told of again.
  if (reply.raw.closed) {
    leave();
    return controller.signal;
  }
  const timer = setTimeout(() => {
    const sentence = `answer: expected it within ${timeLimit} s, got none. Ask for less at a time.`;
    controller.abort(new ApiError("time_limit", sentence, { retryAfter: 1 }));
  }, timeLimit * 1000);
  reply.raw.once("close", () => {
    clearTimeout(timer);
    if (!reply.raw.writableFinished) leave();
  });
  return controller.signal;
}

/** Refuses outputs longer than this server writes. */
function checkLengths(
  options: { maxLength?: unknown; minLength?: unknown },
  texts: readonly string[],
  { outputLimit }: Settings,
): void {
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 0);
  for (const name of ["maxLength", "minLength"] as const) {
    const rule = options[name];
    if (typeof rule !== "object" || rule === null) continue;
    const { timesSource, plus } = rule as { timesSource: number; plus: number };
    // A text has no more tokens than characters, but for bytes and what stands for spaces.
    const tokens = Math.ceil(timesSource * longest) + plus;
    if (tokens > outputLimit)
      throw new ApiError(
        "invalid_request",
        `options.${name}: expected at most ${outputLimit} tokens, got ${tokens} for a text of ${longest} characters. Ask for fewer.`,
        { where: `options.${name}` },
      );
  }
}
