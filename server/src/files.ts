import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import files from "@fastify/static";
import { DataError } from "tandem-seq2seq";
import type { z } from "zod";
import { ApiError } from "./api-error.js";
import type { App } from "./app.js";
import type { Engine } from "./engine.js";
import { modelListSchema } from "./schemas.js";
import type { Settings } from "./settings.js";

/** Where the build puts the page. */
const PAGE = fileURLToPath(new URL("./page", import.meta.url));

/** The folder of the page, if there is one. */
export function pageFolder(page: Settings["page"]): string | undefined {
  if (page === false) return undefined;
  const folder = page ?? PAGE;
  if (existsSync(join(folder, "index.html"))) return resolve(folder);
  if (page === undefined) return undefined;
  throw new DataError(`page ${page}: expected a folder with an index.html, got none. Build the page first.`);
}

/** The page with the models it can load: those that are served, and those it brings along. */
export async function registerFiles(app: App, engine: Engine, settings: Settings): Promise<void> {
  const folder = pageFolder(settings.page);
  /** Whose names say what they hold. */
  const hashed = folder && join(folder, "assets", sep);
  await app.register(files, {
    ...(folder === undefined ? { root: dirname(fileURLToPath(import.meta.url)), serve: false } : { root: folder }),
    dotfiles: "ignore",
    cacheControl: false,
    setHeaders(reply, path) {
      reply.setHeader(
        "cache-control",
        hashed && path.startsWith(hashed) ? "public, max-age=31536000, immutable" : "no-cache",
      );
    },
  });
  if (folder === undefined) app.get("/", { schema: { hide: true } }, (_, reply) => reply.redirect("/docs/"));
  const list = [...servedModels(engine), ...ownModels(folder, engine)];
  app.get(
    "/models.json",
    {
      schema: {
        ...{ operationId: "modelList", tags: ["server"], summary: "The models that the page can load" },
        response: { 200: modelListSchema },
      },
    },
    async () => list,
  );
  app.get<{ Params: { file: string } }>("/models/:file", { schema: { hide: true } }, (request, reply) => {
    const { file } = request.params;
    const served = engine.models.find(({ name }) => `${name}.safetensors` === file);
    if (served) return reply.sendFile(basename(served.path), dirname(served.path));
    if (folder !== undefined && list.some((model) => [model.file, model.test].includes(`models/${file}`)))
      return reply.sendFile(file, join(folder, "models"));
    throw new ApiError("not_found", "address: expected a file of /models.json, got another.");
  });
}

type ListedModel = z.infer<typeof modelListSchema>[number];

function servedModels({ models }: Engine): ListedModel[] {
  return models.map(({ name, task, languages, bytes }) => ({
    ...{ name, file: `models/${name}.safetensors`, task },
    languages,
    bytes,
  }));
}

/** The page's own list, without what is served under the same name. */
function ownModels(folder: string | undefined, { models }: Engine): ListedModel[] {
  const path = folder && join(folder, "models.json");
  if (!path || !existsSync(path)) return [];
  const listed = modelListSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!listed.success)
    throw new DataError(`page ${path}: expected a list of models, got something else. Build the page again.`);
  return listed.data.filter((model) => !models.some(({ name }) => name === model.name));
}
