export { exactMatch, tokenAccuracy } from "./accuracy.js";
export { type BleuOptions, type BleuScore, type BleuSmoothing, bleu } from "./bleu.js";
export { type BleuTokenizer, bleuTokenizerFor, bleuTokens } from "./bleu-tokenizers.js";
export { perplexity } from "./perplexity.js";
