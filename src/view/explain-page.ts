/** Every stage of one prediction as one HTML file that needs nothing else: no network, no library. */
import { decoderCards } from "./explain-decoder-page.js";
import { classificationCards, lineCards, taggingCards } from "./explain-label-page.js";
import { DRAWN_NUMBERS, explainStyle, languageOf } from "./explain-page-parts.js";
import { sourceCards } from "./explain-source-page.js";
import type { AnyTrace } from "./explain-text.js";
import { escapeMarkup } from "./markup.js";
import { pageScript, pageStyle } from "./page-parts.js";
import { svgStyle } from "./svg-heat-map.js";

/** The page of a trace: light and dark by the reader's setting, fit for a phone, each number under its formula. */
export function explainHtml(trace: AnyTrace): string {
  const { input } = trace;
  const isLine = trace.task === "language-model";
  const languages = isLine ? { source: trace.language, target: "auto" } : trace.languages;
  const output = isLine ? `perplexity ${trace.perplexity.toFixed(2)}` : trace.output;
  const title = `${input} → ${output}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)}</title>
<style>
${pageStyle}
${svgStyle}
${explainStyle}
</style>
</head>
<body>
<main>
<h1><span${languageOf(languages.source)}>${escapeMarkup(input)}</span> → <span${languageOf(languages.target)}>${escapeMarkup(output)}</span></h1>
<p class="intro">Every stage of this prediction, in the order in which a Seq2Seq model is built by hand. A formula stands above the numbers it explains; |x| is the length of a vector, and its picture shows the first ${DRAWN_NUMBERS} of its numbers.</p>
${isLine ? "" : `<h2>Encoder</h2>\n${sourceCards(trace).join("\n")}\n`}${answer(trace)}
</main>
<script>
${pageScript}
</script>
</body>
</html>
`;
}

/** What follows the encoder. */
function answer(trace: AnyTrace): string {
  switch (trace.task) {
    case "translate":
      return `<h2>Decoder</h2>\n${decoderCards(trace).join("\n")}`;
    case "classify":
      return `<h2>Label</h2>\n${classificationCards(trace).join("\n")}`;
    case "tag":
      return `<h2>Tags</h2>\n${taggingCards(trace).join("\n")}`;
    case "language-model":
      return `<h2>Decoder</h2>\n${lineCards(trace).join("\n")}`;
  }
}
