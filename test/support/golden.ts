import { readFileSync } from "node:fs";

/** A tensor of a golden file: its numbers row-major, 10 significant digits. */
export interface GoldenTensor {
  shape: number[];
  data: number[];
}

/** test/golden/<name>.json, written by test/oracles/make_golden.py. */
export function readGolden<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8")) as Content;
}
