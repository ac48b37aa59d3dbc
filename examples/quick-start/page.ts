import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { fileURLToPath } from "node:url";

const rootFile = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

async function run(script: string, ...args: string[]): Promise<number | null> {
  const child = spawn(process.execPath, [rootFile(script), ...args], { stdio: ["ignore", "inherit", "inherit"] });
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

/** Asks whether to go on to the page, and serves it with the model of this folder until Ctrl-C. */
export async function offerPage(folder: string): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const closed = once(terminal, "close").then(() => false);
  const question = terminal.question("Enter opens the page with this model, Ctrl-C ends. ").then(() => true);
  const isWanted = await Promise.race([question, closed]);
  terminal.close();
  if (!isWanted) return;
  process.once("SIGINT", () => {}); // the server's own end is waited for
  if ((await run("scripts/build.js", "--quiet", "--page")) === 0) await run("dist/node/tandem.js", "serve", folder);
}
