import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DataError } from "../errors.js";
import { readPairs } from "./node-files.js";

describe("readPairs", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tandem-pairs-"));
    await writeFile(join(folder, "good.tsv"), "a\tb\r\n");
    await writeFile(join(folder, "empty.tsv"), "");
  });
  afterAll(() => rm(folder, { recursive: true }));
  const read = (name: string) => readPairs(join(folder, name), { source: 1, target: 0 });

  it("reads the pairs of a file", async () => {
    expect(await read("good.tsv")).toEqual([{ source: "b", target: "a", place: join(folder, "good.tsv:1") }]);
  });

  it.each([
    ["none.tsv", "expected a file, got a path where there is none. Check the path."],
    ["", "expected a file, got a folder. Give the path of a file in it."],
    ["good.tsv/x", "expected a file, got a path through something that is no folder. Check the path."],
    ["empty.tsv", "expected at least one line with a source and a target, got an empty file. Check the path."],
  ])("says why %j cannot be read", async (name, message) => {
    await expect(read(name)).rejects.toThrow(DataError);
    await expect(read(name)).rejects.toThrow(`${join(folder, name)}: ${message}`);
  });
});
