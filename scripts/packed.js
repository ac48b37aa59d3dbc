// The package as others get it, for the checks that use it from outside: packed once, installed with the tools of test/consumers.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../", import.meta.url));

/** Runs a command to its end; what it wrote. Throws that where it fails, unless `mayFail`. */
export function run(command, options = {}) {
  const { mayFail = false, ...rest } = options;
  const [program, ...given] = command;
  const { status, stdout, stderr, error } = spawnSync(program, given, {
    encoding: "utf8",
    maxBuffer: 1 << 26,
    ...rest,
  });
  if (error) throw error;
  if (status !== 0 && !mayFail) throw new Error(`${command.join(" ")}: ended with ${status}\n${stdout}${stderr}`);
  return { status, stdout, stderr, output: `${stdout}${stderr}` };
}

/** Packs the package, or one of its workspaces. @returns {{ tarball: string, size: number, unpackedSize: number, files: string[] }} */
export function pack(folder, packed = root) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { stdout } = run(["npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder], { cwd: packed });
  const said = JSON.parse(stdout);
  const [{ filename, size, unpackedSize, files }] = Array.isArray(said) ? said : Object.values(said);
  return { tarball: join(folder, filename), size, unpackedSize, files: files.map(({ path }) => path) };
}

/** A copy of test/consumers with its tools and the packed package installed. Only npm's own caches are shared with anything. */
export function installConsumers(folder, tarball) {
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, "test/consumers"), folder, { recursive: true, filter: (path) => !path.includes("node_modules") });
  run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"], { cwd: folder });
  const install = ["npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
  run([...install, tarball], { cwd: folder });
}

/** Runs checks one after another, a line for each; sets the exit code. */
export async function runChecks(checks) {
  let failed = 0;
  for (const [name, check] of Object.entries(checks)) {
    try {
      const note = await check();
      console.log(`  ✓ ${name}${note ? `: ${note}` : ""}`);
    } catch (error) {
      failed++;
      console.log(`  ✗ ${name}\n${String(error?.message ?? error).replace(/^/gm, "      ")}`);
    }
  }
  console.log(`${Object.keys(checks).length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}
