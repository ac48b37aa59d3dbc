// What becomes of a run that was killed, of damaged checkpoints, of folders that cannot be written or that another run writes.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { command, commandIn, expectSentence, set } from "../../test/support/command.js";

const { path, file, tandem } = commandIn("resume");
const pairs = Array.from({ length: 40 }, (_, i) => `${i} ${i % 7} ${i % 3}\t${i % 3} ${i % 7}\n`).join("");
const small = set(
  "model.embeddingSize=11",
  "model.encoder.hiddenSize=13",
  "model.decoder.hiddenSize=17",
  "train.epochs=3",
  "train.batchSize=8",
);
const train = (out: string, ...more: string[]) => tandem(["train", "pairs.tsv", "--out", out, ...small, ...more]);
const model = (run: string) => readFileSync(path(run, "model.safetensors"));
const logOf = (run: string) =>
  readFileSync(path(run, "log.jsonl"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
/** What the log tells of besides the curves. */
const milestones = (run: string) =>
  logOf(run).flatMap(({ kind }) => (["step", "kernels"].includes(kind) ? [] : [kind]));
/** A copy of the finished run, to be spoilt. */
const copied = (name: string) => {
  cpSync(path("whole"), path(name), { recursive: true });
  return name;
};
const checkpointsOf = (run: string) => readdirSync(path(run, "checkpoints")).sort();

beforeAll(() => {
  file("pairs.tsv", pairs);
  const { status, stderr } = train("whole");
  expect(status, stderr).toBe(0);
});

describe("a run killed at random moments", () => {
  it("goes on to the file of one that was never stopped, five times", () => {
    const script = fileURLToPath(new URL("../../scripts/check-resume.js", import.meta.url));
    const { stdout, stderr, status } = spawnSync(process.execPath, [script, "5"], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^5 kills of \d runs \(seed 1\): every run ended with the file/m);
  }, 240_000);

  it("begins again if it had come to no checkpoint", () => {
    const run = copied("early");
    rmSync(path(run, "checkpoints"), { recursive: true });
    rmSync(path(run, "model.safetensors"));
    writeFileSync(path(run, "log.jsonl"), `${JSON.stringify({ kind: "start" })}\n{"kind":"epo`);
    const { status, stderr } = train(run, "--resume");
    expect(status, stderr).toBe(0);
    expect(stderr).toContain("going on in early after 0 steps");
    expect(model(run)).toEqual(model("whole"));
    expect(milestones(run)).toEqual(["start", "resume", "epoch", "epoch", "epoch", "end"]);
  });

  it("is refused if its checkpoints are lost, and keeps its model", () => {
    const run = copied("lost");
    rmSync(path(run, "checkpoints"), { recursive: true });
    expectSentence(train(run, "--resume"), 1, /expected a checkpoint in lost.checkpoints, got none, though/);
    expect(model(run)).toEqual(model("whole"));
  });

  it("has a log without torn lines, and each epoch once", () => {
    const run = copied("torn");
    const [last] = checkpointsOf(run);
    rmSync(path(run, "checkpoints", checkpointsOf(run)[1]!));
    expect(last).toBe("step-10.safetensors");
    appendFileSync(path(run, "log.jsonl"), '{"kind":"epoch","epo');
    writeFileSync(path(run, "model.safetensors.7.part"), "half a mod");
    expect(train(run, "--resume").status).toBe(0);
    const log = logOf(run);
    expect(milestones(run)).toEqual(["start", "epoch", "epoch", "resume", "epoch", "end"]);
    expect(log.filter(({ kind }) => kind === "epoch").map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(readdirSync(path(run))).toEqual([
      "checkpoints",
      "data",
      "log.jsonl",
      "model.safetensors",
      "recipe.yaml",
      "report.html",
    ]);
    expect(model(run)).toEqual(model("whole"));
  });
});

describe("a damaged checkpoint", () => {
  it.each([
    ["cut short", (name: string) => truncateSync(name, 3000)],
    ["empty", (name: string) => truncateSync(name, 0)],
    [
      "with one bit turned",
      (name: string) => {
        const bytes = readFileSync(name);
        bytes[bytes.length - 1234]! ^= 4;
        writeFileSync(name, bytes);
      },
    ],
  ])("%s is set aside with a warning, and the one before it taken", (what, damage) => {
    const run = copied(what.replaceAll(" ", "-"));
    damage(path(run, "checkpoints/step-15.safetensors"));
    const { status, stderr } = train(run, "--resume");
    expect(status, stderr).toBe(0);
    expect(stderr).toMatch(/warning: \S+step-15\.safetensors is damaged.+ going on from \S+step-10\.safetensors/);
    expect(stderr).toContain("after 10 steps");
    expect(model(run)).toEqual(model("whole"));
    expect(checkpointsOf(run)).toEqual(["step-10.safetensors", "step-15.safetensors", "step-15.safetensors.damaged"]);
  });

  it("is one sentence where no other is whole, and nothing is changed", () => {
    const run = copied("all-damaged");
    for (const name of checkpointsOf(run)) truncateSync(path(run, "checkpoints", name), 100);
    expectSentence(train(run, "--resume"), 1, /expected a whole checkpoint in .+, got 2 whose checksum does not fit/);
    expect(checkpointsOf(run)).toEqual(checkpointsOf("whole"));
    expect(model(run)).toEqual(model("whole"));
  });
});

describe("train.checkpointEvery", () => {
  it("writes checkpoints within an epoch and changes nothing in the model", () => {
    const { status, stderr } = train("often", ...set("train.checkpointEvery.steps=4"));
    expect(status, stderr).toBe(0);
    expect(checkpointsOf("often")).toEqual(["step-14.safetensors", "step-15.safetensors"]);
    expect(model("often")).toEqual(model("whole"));
    // Another interval is the same run.
    expect(train("often", "--resume").status).toBe(0);
    expect(model("often")).toEqual(model("whole"));
  });
});

describe("train --verify-resume", () => {
  it("proves on the user's own recipe that resume is exact, and leaves no run behind", () => {
    const verify = ["train", "pairs.tsv", "--out", "verified", ...small, "--verify-resume"];
    const { stdout, stderr, status } = tandem([...verify, "7"]);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(
      /^Resume is exact: 7 steps whole and 3 \+ 4 steps through a checkpoint end in the same \d+ bytes\.\n$/,
    );
    // A recipe of 15 steps has no 20.
    expect(JSON.parse(tandem([...verify, "--json"]).stdout)).toEqual({
      exact: true,
      steps: 15,
      half: 7,
      differences: [],
    });
    expect(existsSync(path("verified"))).toBe(false);
    const refused = tandem([...verify, "1"]);
    expect(refused.stderr).toContain("Expected a whole number from 2");
    expect(refused.status).toBe(2);
  });

  it("says what differs: the reference computes with float64, of which its checkpoints keep float32", () => {
    const { stdout, status } = tandem([
      "train",
      "pairs.tsv",
      ...small,
      "--backend",
      "reference",
      "--verify-resume",
      "4",
    ]);
    expect(status).toBe(1);
    expect(stdout).toMatch(
      /^Resume is not exact: after 2 \+ 2 steps .+ not what it is after 4 steps whole are .+ numbers, first/,
    );
  });
});

describe("two runs on one folder", () => {
  const long = set("train.epochs=100000", "train.learningRate=0.0001");
  /** A process that trains until it is killed. */
  async function trainForever(out: string) {
    const child = spawn(process.execPath, [command, "train", "pairs.tsv", "--out", out, ...small, ...long], {
      cwd: path(),
    });
    await new Promise<void>((resolve, reject) => {
      // Read to its end: a process whose readers have gone would end.
      child.stderr.setEncoding("utf8").on("data", (text: string) => text.includes("epoch 1/") && resolve());
      child.on("exit", () => reject(new Error("expected a process that trains until it is killed")));
    });
    return child;
  }

  it("are refused, whether the second is new or goes on; a lock whose process was killed is none", async () => {
    const child = await trainForever("shared");
    try {
      expectSentence(train("shared", ...long), 1, /--out shared: expected a folder without a run/);
      const refused = train("shared", ...long, "--resume");
      expectSentence(
        refused,
        1,
        /run shared: expected a folder in which nothing else trains, got one in which process/,
      );
      expect(refused.stderr).toContain(`process ${child.pid} does. Wait for its end`);
      expect(child.exitCode).toBe(null);
    } finally {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    const locks = () => readdirSync(path("shared")).filter((name) => name.endsWith(".lock"));
    expect(locks()).toHaveLength(1);
    const other = train("shared", "--resume");
    expectSentence(other, 1, /expected one of the same recipe and data, got another recipe/);
    expect(locks()).toEqual([]);
  });

  it("a lock of another computer holds until it is deleted", () => {
    const run = copied("elsewhere");
    const lock = file("elsewhere/far-3.lock", JSON.stringify({ pid: 3, host: "far", started: null }));
    expectSentence(train(run, "--resume"), 1, /process 3 on far does\. Wait for its end, or delete \S+far-3\.lock if/);
    rmSync(path(lock));
    expect(train(run, "--resume").status).toBe(0);
  });

  it("a lock of a process number that another process has by now is none", (context) => {
    if (!existsSync("/proc/self/stat")) {
      console.warn("NOT RUN: reused process numbers, for this system does not tell when a process started.");
      context.skip();
    }
    const run = copied("reused");
    file("reused/old.lock", JSON.stringify({ pid: process.pid, host: hostname(), started: "long ago" }));
    expect(train(run, "--resume").status).toBe(0);
    expect(readdirSync(path(run)).filter((name) => name.endsWith(".lock"))).toEqual([]);
  });
});

describe("a folder that may not be written", () => {
  it("is one sentence, and what lies there stays", (context) => {
    const asUser = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const run = copied("read-only");
    // The user has to come as far as the folder.
    chmodSync(path(), 0o755);
    for (const name of [run, `${run}/checkpoints`]) chmodSync(path(name), 0o555);
    const as = (...args: string[]) =>
      spawnSync(process.execPath, [command, "train", "pairs.tsv", ...small, ...args], {
        cwd: path(),
        encoding: "utf8",
        ...asUser,
      });
    try {
      if (!process.getuid || spawnSync(process.execPath, [command, "--version"], asUser).status !== 0) {
        console.warn("NOT RUN: the read-only folder, for no other user can run the command here.");
        context.skip();
      }
      expectSentence(as("--out", run, "--resume"), 1, /write read-only.+\.lock: .+ got no permission\. Change its/);
      expectSentence(as("--out", `${run}/new`), 1, /write read-only.new: .+ got no permission\. Change its/);
      expect(model(run)).toEqual(model("whole"));
      expect(checkpointsOf(run)).toEqual(checkpointsOf("whole"));
    } finally {
      for (const name of [run, `${run}/checkpoints`]) chmodSync(path(name), 0o755);
    }
  });
});

describe("a full disk", () => {
  it("within an epoch is one sentence; the run goes on when there is room again", (context) => {
    mkdirSync(path("disk"));
    const run = (script: string) =>
      spawnSync("unshare", ["-Urm", "sh", "-c", `mount -t tmpfs -o size=240k tmpfs disk && ${script}`], {
        cwd: path(),
        encoding: "utf8",
      });
    if (run("true").status !== 0) {
      console.warn("NOT RUN: the full disk, for this system lets no small one be mounted (unshare -Urm).");
      context.skip();
    }
    const trains = (...more: string[]) =>
      `"${process.execPath}" "${command}" train pairs.tsv --out disk/run ${[...small, ...set("train.checkpointEvery.steps=2"), ...more].join(" ")}`;
    const filler = "head -c 100000 /dev/zero > disk/filler";
    const result = run(
      `${filler}; ${trains()}; echo "exit $?"; ls -R disk; rm disk/filler; mount -o remount,size=4m disk; ${trains("--resume")} && cp disk/run/model.safetensors after-full.safetensors`,
    );
    expect(result.stderr).toMatch(/got a full disk\. Free some space; what was there before is untouched\./);
    expect(result.stderr).not.toMatch(/^\s+at /m);
    expect(result.stdout).toContain("exit 1");
    expect(result.stdout).not.toMatch(/\.(part|lock)/);
    expect(result.status, result.stderr).toBe(0);
    expect(result.stderr).toMatch(/going on in disk\/run after [1-9]\d* steps/);
    expect(readFileSync(path("after-full.safetensors"))).toEqual(model("whole"));
  });
});
