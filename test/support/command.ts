import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** The built command, which Node.js runs. */
export const command = join(root, "dist/node/tandem.js");

/** No command of a test takes so many milliseconds: one that does hangs, and is ended. */
const LONGEST = 110_000;

/** `--set` before each override. */
export const set = (...overrides: readonly string[]): string[] => overrides.flatMap((override) => ["--set", override]);

/** The command as a process in a folder of its own: built and made before the tests of a file, taken away after them. */
export function commandIn(name: string) {
  let folder = "";
  beforeAll(() => {
    const built = spawnSync(process.execPath, [join(root, "scripts/build.js"), "--quiet"], { encoding: "utf8" });
    // The examples, which are built last, are no concern of these tests.
    if (!existsSync(command)) throw new Error(`build: expected ${command}, got none. ${built.stdout}${built.stderr}`);
    folder = mkdtempSync(join(tmpdir(), `tandem-${name}-`));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (...parts: readonly string[]) => join(folder, ...parts);
  return {
    /** A place in the folder. */
    path,
    /** Writes a file and gives its name. */
    file(name: string, content: string | Uint8Array) {
      writeFileSync(path(name), content);
      return name;
    },
    /** Runs the command there. */
    tandem(args: readonly string[], input: string | Uint8Array = ""): SpawnSyncReturns<string> {
      const env = { ...process.env, TANDEM_DEBUG: "" };
      const options = { cwd: folder, input, encoding: "utf8", env, timeout: LONGEST } as const;
      return spawnSync(process.execPath, [command, ...args], options);
    },
  };
}

/** One line on standard error, no stack, nothing on standard output. */
export function expectSentence(result: SpawnSyncReturns<string>, status: number, sentence: RegExp): void {
  expect(result.stderr).toMatch(sentence);
  expect(result.stderr.trimEnd().split("\n"), result.stderr).toHaveLength(1);
  expect(result.stderr).not.toMatch(/^\s+at /m);
  expect(result.status).toBe(status);
  expect(result.stdout).toBe("");
}
