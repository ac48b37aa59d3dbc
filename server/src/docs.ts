import { readFileSync } from "node:fs";
import swagger from "@fastify/swagger";
import scalar from "@scalar/fastify-api-reference";
import { jsonSchemaTransform } from "fastify-type-provider-zod";
import type { App } from "./app.js";

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** The page's own script and styles are inside it; nothing may be fetched from anywhere else. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The OpenAPI document, made of the schemas that requests are checked by, and a page to read it. */
export async function registerDocs(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "tandem-seq2seq-server",
        version,
        description: "Sequence-to-sequence models over HTTP. What goes wrong is one sentence in `error.message`.",
        license: { name: "MIT", identifier: "MIT" },
      },
      tags: [
        { name: "models", description: "Ask a model" },
        { name: "server", description: "How the server is" },
      ],
    },
    transform: jsonSchemaTransform,
  });
  app.get("/openapi.json", { schema: { hide: true } }, async () => app.swagger());
  await app.register(async (docs) => {
    docs.addHook("onSend", async (_, reply) => {
      reply.header("content-security-policy", POLICY);
    });
    await docs.register(scalar, {
      routePrefix: "/docs",
      configuration: {
        url: "/openapi.json",
        pageTitle: "API",
        withDefaultFonts: false,
        hideClientButton: true,
        telemetry: false,
      },
    });
  });
}
