import { UNKNOWN } from "../text/vocabulary.js";

/**
 * What stands in the output for an unknown word: the source token most looked at while it was written, or what the
 * dictionary has for that token (Luong et al. 2015, arXiv:1410.8206, section 3.3; Jean et al. 2015, with attention in
 * place of alignments).
 */
export function replaceUnknown(
  ids: readonly number[],
  tokens: readonly string[],
  attention: readonly ArrayLike<number>[],
  source: readonly string[],
  dictionary: Readonly<Record<string, string>> = {},
): string[] {
  return tokens.map((token, position) => {
    if (ids[position] !== UNKNOWN || source.length === 0) return token;
    const weights = attention[position]!;
    // The weights end in that of `</s>`, which is no word.
    const word = source.reduce((best, _, i) => (weights[i]! > weights[best]! ? i : best), 0);
    return Object.hasOwn(dictionary, source[word]!) ? dictionary[source[word]!]! : source[word]!;
  });
}
