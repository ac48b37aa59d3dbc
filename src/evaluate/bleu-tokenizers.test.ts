import { expect, test } from "vitest";
import { bleuTokenizerFor } from "./bleu-tokenizers.js";

test.each([
  ["zh", ["hello"], "zh"],
  ["zh-Hant", [], "zh"],
  ["yue", [], "zh"],
  ["ja", [], "char"],
  ["en", ["我爱学习"], "13a"],
  ["jam", [], "13a"],
  ["auto", ["我爱学习", "欢迎来北京", "OK"], "zh"],
  ["auto", ["東京へようこそ", "ありがとう", "東京"], "char"],
  ["auto", ["I love 学习", "what time is it", "hello"], "13a"],
  ["auto", [], "13a"],
])("language %s of %j: %s", (language, references, tokenizer) => {
  expect(bleuTokenizerFor(language, references)).toBe(tokenizer);
});
