/** Messages and notes whose names and numbers are in no vocabulary: only copying can write them. */
import type { Pair } from "tandem-seq2seq";
import { Draw } from "../made-data/draw.js";
import { type MadeData, type Published, type Split, splits, writeMadeData } from "../made-data/files.js";
import { chinese, english, type Frame } from "./frames.js";
import { chineseName, latinName, longNumber } from "./names.js";
import { published } from "./published.js";

const SEED = 2026;
const counts: Readonly<Record<Split, number>> = { train: 8000, dev: 400, test: 1000 };
const ENGLISH = 0.6;

/** How a name or number comes about that is in no other pair, of no part. */
class Inventor {
  readonly #draw: Draw;
  readonly #taken = new Set<string>();

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  new(make: (draw: Draw) => string): string {
    for (;;) {
      const made = make(this.#draw);
      if (this.#taken.has(made)) continue;
      this.#taken.add(made);
      return made;
    }
  }
}

function write([message, note]: Frame, isEnglish: boolean, inventor: Inventor): Pair {
  const invented = new Map<string, string>();
  const fill = (text: string) =>
    text.replace(/\{(\w)\}/g, (_, slot: string) => {
      const makes = /[nm]/.test(slot) ? longNumber : isEnglish ? latinName : chineseName;
      const value = invented.get(slot) ?? inventor.new(makes);
      invented.set(slot, value);
      return value;
    });
  return { source: fill(message), target: fill(note) };
}

/** The three parts, the same at every call; every name and every number is in one pair only. */
export function generateCopyNames(): MadeData {
  const inventor = new Inventor(new Draw(SEED, "copy-names", "names"));
  const draw = new Draw(SEED, "copy-names", "frames");
  const make = (split: Split) =>
    Array.from({ length: counts[split] }, () => {
      const isEnglish = draw.chance(ENGLISH);
      return write(draw.pick(isEnglish ? english : chinese), isEnglish, inventor);
    });
  return Object.fromEntries(splits.map((split) => [split, make(split)])) as unknown as MadeData;
}

export function writeCopyNames(folder: string): Promise<Published> {
  return writeMadeData("copy-names", generateCopyNames(), published, folder);
}
