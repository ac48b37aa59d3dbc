// Another revision of the project, built in a temporary worktree of git.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const git = (...args) => execFileSync("git", ["-C", root, ...args], { encoding: "utf8", stdio: "pipe" }).trim();

/** The full name of a revision. */
function commitOf(revision) {
  try {
    return git("rev-parse", "--verify", "--quiet", "--end-of-options", `${revision}^{commit}`);
  } catch {
    throw new Error(`against: expected a revision that git knows here, got "${revision}".`);
  }
}

/** Runs a build's command where the revision stands; its output is shown only if it fails. */
function build(folder, command, ...args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  if (status === 0) return;
  const said = error?.message ?? `${stdout}${stderr}`.trim().split("\n").slice(-5).join("\n");
  throw new Error(`against: the revision does not build (${command} ${args.join(" ")}).\n${said}`);
}

/** This tree's installed packages, its workspaces' own among them. */
function linkPackages(folder) {
  for (const workspace of ["", "server", "web"]) {
    const packages = join(root, workspace, "node_modules");
    if (existsSync(packages)) symlinkSync(packages, join(folder, workspace, "node_modules"), "dir");
  }
}

/**
 * Checks a revision out beside this tree and builds it, its native addon too. Packages are this tree's where the lock
 * files are equal, else installed.
 * @param {string} revision
 */
export function buildRevision(revision) {
  const commit = commitOf(revision);
  const folder = mkdtempSync(join(tmpdir(), "tandem-revision-"));
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
    spawnSync("git", ["-C", root, "worktree", "prune"]);
  };
  const interrupted = () => {
    remove();
    process.exit(130);
  };
  process.once("SIGINT", interrupted);
  process.once("SIGTERM", interrupted);
  try {
    git("worktree", "add", "--detach", "--force", folder, commit);
    const sameLock = spawnSync("git", ["-C", root, "diff", "--quiet", commit, "--", "package-lock.json"]).status === 0;
    if (sameLock) linkPackages(folder);
    else build(folder, "npm", "ci", "--no-audit", "--no-fund");
    build(folder, process.execPath, "scripts/build.js", "--quiet");
  } catch (error) {
    remove();
    throw error;
  }
  return { commit, dist: pathToFileURL(join(folder, "dist/")).href, remove };
}
