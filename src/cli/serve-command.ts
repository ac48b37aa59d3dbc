import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { TandemError } from "../errors.js";

/** As commander gives them: what is not said on the command line is absent. The server's package knows names and ranges. */
interface ServeCommandOptions {
  /** A folder; false for --no-page, and true where neither was said. */
  page: string | boolean;
  [option: string]: unknown;
}

/** What this command needs of the package that has the server. */
interface ServerPackage {
  serve(options: object, say: (line: string) => void): Promise<void>;
}

const PACKAGE = "tandem-seq2seq-server";

/** Serves models over HTTP until it is told to end. */
export async function serveCommand(models: readonly string[], { page, ...options }: ServeCommandOptions) {
  const { serve } = await serverPackage();
  const say = (line: string) => process.stderr.write(`${line}\n`);
  await serve({ models, ...options, ...(page !== true && { page }) }, say);
}

/** Installed beside this package, or in the project where the command runs. */
async function serverPackage(): Promise<ServerPackage> {
  const here = createRequire(import.meta.url);
  const project = createRequire(join(process.cwd(), "package.json"));
  for (const { resolve } of [here, project]) {
    const entry = resolveIn(resolve);
    if (entry !== undefined) return import(pathToFileURL(entry).href);
  }
  throw new TandemError(
    `serve: expected the package ${PACKAGE}, got none. Install it beside this one: npm install ${PACKAGE}`,
  );
}

function resolveIn(resolve: (name: string) => string): string | undefined {
  try {
    return resolve(PACKAGE);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
