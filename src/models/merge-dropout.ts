import { RandomStream } from "../random.js";
import type { Recipe } from "../recipe/schema.js";
import type { MergeDropout } from "../text/bpe.js";

/**
 * The merges left out of one side of a training example in this epoch (BPE-dropout, Provilkov et al. 2020,
 * arXiv:1910.13267); undefined where the recipe asks for none, and outside training. They depend on nothing else, so resumed training cuts the same.
 */
export function mergeDropout(
  { source, target, train }: Recipe,
  side: "source" | "target",
  example: number,
  epoch: number | undefined,
): MergeDropout | undefined {
  // Model files from before this key have none.
  const probability = { source, target }[side].bpeDropout ?? 0;
  if (probability === 0 || epoch === undefined) return undefined;
  return { probability, random: new RandomStream(train.seed, "merge dropout", side, epoch).sequence(example) };
}
