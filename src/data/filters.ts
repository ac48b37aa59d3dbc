import { DataError } from "../errors.js";
import { expectedScripts, namesOf, scriptShare, scriptsOf } from "../text/scripts.js";
import { countCharacters, countWords } from "../text/word-count.js";
import type { Pair } from "./pairs.js";
import { SeenTexts } from "./text-hashes.js";

type Side = "source" | "target";

/** Which pairs are taken out of training; the keys are the recipe's `data.filters`. */
export interface FilterOptions {
  empty: "refuse" | "remove";
  minWords: number;
  maxWords?: number | undefined;
  maxCharacters?: number | undefined;
  maxRatio?: number | undefined;
  wrongScript: "keep" | "remove";
  copies: "keep" | "remove";
  duplicates: "keep" | "pairs" | "sources" | "targets";
}

/** What a filter took. */
export interface FilterCount {
  /** Its key in `data.filters`. */
  filter: keyof FilterOptions;
  /** What it takes, for people: "longer than 50 words". */
  what: string;
  count: number;
  /** The first pair it took. */
  example: { place: string; text: string };
}

/** What the filters took out of the training pairs. */
export interface FilterReport {
  read: number;
  kept: number;
  /** Of each filter that took any; of several that could, the first in this order has taken it. */
  taken: FilterCount[];
}

/** What a task has filters look at. */
export interface FilteredText {
  /** Sides with text: a label has neither length nor script. */
  sides: readonly Side[];
  /** BCP 47 tags, or "auto". */
  languages: Readonly<Record<Side, string>>;
}

interface Filter {
  name: keyof FilterOptions;
  what: string;
  takes(pair: Pair): boolean;
}

/** Decides for pairs, one after another, which stay, and counts the others. */
export class PairFilter {
  readonly #filters: readonly Filter[];
  readonly #taken = new Map<string, FilterCount>();
  readonly #isLine: boolean;
  #read = 0;
  #kept = 0;

  constructor(options: FilterOptions, text: FilteredText) {
    this.#filters = filtersOf(options, text);
    this.#isLine = !text.sides.includes("source");
  }

  /** Whether the pair stays. Pairs come in the order of the data: of equal ones the first stays. */
  keeps(pair: Pair): boolean {
    const number = this.#read++;
    const filter = this.#filters.find(({ takes }) => takes(pair));
    if (filter === undefined) {
      this.#kept++;
      return true;
    }
    const known = this.#taken.get(filter.name);
    if (known) known.count++;
    else {
      const example = {
        place: pair.place ?? `pair ${number + 1}`,
        text: this.#isLine ? pair.target : `${pair.source} → ${pair.target}`,
      };
      this.#taken.set(filter.name, { filter: filter.name, what: filter.what, count: 1, example });
    }
    return false;
  }

  report(): FilterReport {
    const taken = this.#filters.flatMap(({ name }) => this.#taken.get(name) ?? []);
    return { read: this.#read, kept: this.#kept, taken };
  }
}

/** Refuses to go on with nothing. `name` is what messages call the data. */
export function refuseNothingKept({ read, kept, taken }: FilterReport, name: string): void {
  if (kept > 0 || read === 0) return;
  const causes = taken.map(({ filter, count }) => `${filter} took ${count}`).join(", ");
  throw new DataError(
    `${name}: expected pairs left after data.filters, got none of ${read}: ${causes}. Loosen them, or look at the columns.`,
  );
}

/** Those that are switched on. */
function filtersOf(options: FilterOptions, { sides, languages }: FilteredText): Filter[] {
  const filters: Filter[] = [];
  const add = (name: keyof FilterOptions, what: string, takes: Filter["takes"]) => filters.push({ name, what, takes });
  const some = (test: (line: string, side: Side) => boolean) => (pair: Pair) =>
    sides.some((side) => test(pair[side], side));
  const { empty, minWords, maxWords, maxCharacters, maxRatio, wrongScript, copies, duplicates } = options;
  // A label may be missing too.
  const written: readonly Side[] = sides.includes("source") ? ["source", "target"] : sides;
  if (empty === "remove")
    add("empty", "with an empty side", (pair) => written.some((side) => pair[side].trim() === ""));
  if (minWords > 0)
    add(
      "minWords",
      `shorter than ${minWords} words`,
      some((line) => countWords(line) < minWords),
    );
  if (maxWords !== undefined)
    add(
      "maxWords",
      `longer than ${maxWords} words`,
      some((line) => countWords(line) > maxWords),
    );
  if (maxCharacters !== undefined)
    add(
      "maxCharacters",
      `longer than ${maxCharacters} characters`,
      some((line) => countCharacters(line) > maxCharacters),
    );
  if (maxRatio !== undefined)
    add("maxRatio", `with one side more than ${maxRatio} times as long as the other`, ({ source, target }) => {
      const [a, b] = [countWords(source), countWords(target)];
      return Math.max(a, b) > maxRatio * Math.min(a, b);
    });
  if (wrongScript === "remove") {
    const scripts = new Map(sides.map((side) => [side, expectedScripts(languages[side])]));
    const named = [...scripts].flatMap(([side, codes]) => (codes ? [`${side} ${namesOf(codes)}`] : [])).join(", ");
    add(
      "wrongScript",
      `in a script other than its language's (${named})`,
      some((line, side) => {
        const expected = scripts.get(side);
        return expected !== undefined && scriptShare(scriptsOf(line), expected) < 0.5;
      }),
    );
  }
  if (copies === "remove")
    add("copies", "whose target is its source", ({ source, target }) => bare(source) === bare(target));
  if (duplicates !== "keep") {
    const seen = new SeenTexts();
    const keyOf = {
      pairs: ({ source, target }: Pair) => `${source}\u0000${target}`,
      sources: ({ source }: Pair) => source,
      targets: ({ target }: Pair) => target,
    }[duplicates];
    const what = {
      pairs: "that an earlier one equals",
      sources: "whose source came before",
      targets: "whose target came before",
    };
    add("duplicates", what[duplicates], (pair) => !seen.add(keyOf(pair)));
  }
  return filters;
}

/** A line without what tells a copy from its original only by chance. */
const bare = (line: string) => line.normalize("NFKC").trim().toLowerCase();
