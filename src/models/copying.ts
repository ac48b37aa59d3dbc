import type { CopyIds } from "../data/batches.js";
import { lowerLetters, toLower } from "../text/casing.js";
import { normalize, type TokenizerOptions } from "../text/tokenizer.js";
import { END, UNKNOWN, type Vocabulary } from "../text/vocabulary.js";

/**
 * The target's vocabulary extended by one source's own words (See et al. 2017, arXiv:1704.04368, section 2.2): words that
 * the vocabulary lacks get the ids after its last, in the order of their first appearance.
 */
export interface CopySource {
  /** What pointing at each source token and at its `</s>` writes, [sourceTime]. */
  ids: Int32Array;
  /** The words of the ids from the vocabulary's size on. */
  extraTokens: readonly string[];
}

/** What can be copied from a source: its tokens, written as the target's tokenizer writes letters. */
export function copySource(tokens: readonly string[], vocabulary: Vocabulary, options: TokenizerOptions): CopySource {
  const { kind, normalization, lowercase, language } = options;
  /** As the target's tokenizer writes letters; bytes are no letters. */
  const writtenAs = (token: string) => {
    const normal = normalize(token, normalization);
    if (!lowercase) return normal;
    return kind === "bpe" ? lowerLetters(normal, language) : toLower(normal, language);
  };
  const extraIds = new Map<string, number>();
  const ids = tokens.map((token) => {
    const written = kind === "bytes" ? token : writtenAs(token);
    const known = vocabulary.idOf(written);
    if (known !== UNKNOWN) return known;
    const id = extraIds.get(written) ?? vocabulary.size + extraIds.size;
    extraIds.set(written, id);
    return id;
  });
  return { ids: Int32Array.from([...ids, END]), extraTokens: [...extraIds.keys()] };
}

/** Ids of target tokens; a word that only the source has is its extra id, one that neither has is `<unk>`. */
export function extendedIds(
  tokens: readonly string[],
  vocabulary: Vocabulary,
  { extraTokens }: Pick<CopySource, "extraTokens">,
): number[] {
  return tokens.map((token) => {
    const id = vocabulary.idOf(token);
    const extra = id === UNKNOWN ? extraTokens.indexOf(token) : -1;
    return extra < 0 ? id : vocabulary.size + extra;
  });
}

/** The token of an id, be it one of the source's own. */
export function extendedToken(
  id: number,
  vocabulary: Vocabulary,
  { extraTokens }: Pick<CopySource, "extraTokens">,
): string {
  return extraTokens[id - vocabulary.size] ?? vocabulary.tokenOf(id);
}

/** What an example of these target tokens is to copy. */
export function copyIds(source: CopySource, targetTokens: readonly string[], vocabulary: Vocabulary): CopyIds {
  const target = Int32Array.from(extendedIds(targetTokens, vocabulary, source));
  return { source: source.ids, target, extraCount: source.extraTokens.length };
}
