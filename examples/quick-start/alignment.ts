import { strongestColumn, type Translation } from "tandem-seq2seq";
import type { Link } from "../phrase-book/generate.js";

type Span = readonly [start: number, end: number];

/** Where each token stands in the text, found from left to right without regard to case. */
function spansOf(tokens: readonly string[], text: string): (Span | undefined)[] {
  const lower = text.toLowerCase();
  let from = 0;
  return tokens.map((token) => {
    const start = lower.indexOf(token.toLowerCase(), from);
    if (start < 0) return undefined;
    from = start + token.length;
    return [start, from];
  });
}

/** The grammar's links of a sentence, which are of characters, between tokens: `0-0 1-2`. */
export function pharaohLinks(
  { source, target, links }: { source: string; target: string; links: readonly Link[] },
  sourceTokens: readonly string[],
  targetTokens: readonly string[],
): string {
  const sourceSpans = spansOf(sourceTokens, source);
  const targetSpans = spansOf(targetTokens, target);
  return sourceSpans
    .flatMap((sourceSpan, s) =>
      targetSpans.flatMap((targetSpan, t) => {
        if (!sourceSpan || !targetSpan) return [];
        const linked = links.some(
          ([targetStart, targetEnd, start, end]) =>
            overlap(targetSpan, [targetStart, targetEnd]) && overlap(sourceSpan, [start, end]),
        );
        return linked ? [`${s}-${t}`] : [];
      }),
    )
    .join(" ");
}

const overlap = ([a, b]: Span, [c, d]: Span) => a < d && c < b;

/**
 * How often attention looks at the right word: of the content words of correctly translated sentences, those whose
 * largest weight falls on a source token that the grammar's gold links give them.
 */
export function alignmentScore(
  sentences: readonly { source: string; target: string; links: readonly Link[]; translation: Translation }[],
): { right: number; total: number } {
  let [right, total] = [0, 0];
  for (const { source, target, links, translation } of sentences) {
    if (translation.text !== target || !translation.attention) continue;
    const targetSpans = spansOf(translation.tokens, target);
    const sourceSpans = spansOf(translation.source.tokens, source);
    for (const [row, span] of targetSpans.entries()) {
      if (span === undefined) continue;
      const gold = links.filter(([start, end, , , content]) => content === 1 && overlap(span, [start, end]));
      if (gold.length === 0) continue;
      const looked = sourceSpans[strongestColumn(translation.attention.weights[row]!)];
      total++;
      if (looked && gold.some(([, , start, end]) => overlap(looked, [start, end]))) right++;
    }
  }
  return { right, total };
}
