import { PairFilter } from "../data/filters.js";
import type { Recipe } from "../recipe/index.js";

/** What takes out the training pairs that the recipe does not want. */
export function pairFilter({ data, task, source, target }: Recipe): PairFilter {
  const sides = {
    translate: ["source", "target"],
    classify: ["source"],
    tag: ["source"],
    "language-model": ["target"],
  } as const;
  return new PairFilter(data.filters, {
    sides: sides[task],
    languages: { source: source.language, target: target.language },
  });
}
