// The untrained models of the suites `decode` and `startup`, as files, and made-up sentences of their words.
import { writeFileSync } from "node:fs";
import { createBackend, RandomStream } from "../dist/index.js";
import { completeRecipe } from "../dist/recipe/index.js";
import { prepareModel } from "../dist/train/prepare.js";

/** `<pad> <unk> <s> </s>` come before the words of a vocabulary. */
const SPECIALS = 4;
/** Source words of a sentence; the model reads `</s>` after them. */
const WORDS = 19;

const wordsOf = (vocabulary) => Array.from({ length: vocabulary - SPECIALS }, (_, i) => `w${i}`);

/**
 * Writes a model with the reference step's layers, its numbers drawn from a seed: embeddings as wide as the hidden state.
 * @param {{ hidden: number, vocabulary: number, file: string }} wanted
 */
export async function writeModel({ hidden, vocabulary, file }) {
  const side = { tokenizer: "whitespace", vocabSize: vocabulary };
  const recipe = completeRecipe({
    source: side,
    target: side,
    model: { embeddingSize: hidden, encoder: { hiddenSize: hidden }, decoder: { hiddenSize: hidden } },
  });
  const pairs = wordsOf(vocabulary).map((word) => ({ source: word, target: word }));
  const model = await prepareModel(await createBackend("wasm", { threads: 1 }), recipe, pairs);
  writeFileSync(file, model.toBytes());
  const { vocabulary: words } = model.source;
  model.dispose();
  return words;
}

/** Lines of random words, and the ids a model reads of them. */
export function madeUpLines(count, words) {
  const random = new RandomStream(1, "benchmark lines", "", 0);
  const word = (i) => words.tokenOf(SPECIALS + (random.at(i) % (words.size - SPECIALS)));
  const lines = Array.from({ length: count }, (_, line) =>
    Array.from({ length: WORDS }, (_, i) => word(line * WORDS + i)).join(" "),
  );
  const end = words.toJSON().indexOf("</s>");
  return { lines, sources: lines.map((line) => [...words.toIds(line.split(" ")), end]) };
}
