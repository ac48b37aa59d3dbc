import { type TandemModel, type TrainOptions, train } from "tandem-seq2seq";

/** What the page's models are made of in tests: few pairs, learnt by heart within seconds. */
export const phrases: [string, string][] = [
  ["我爱学习", "I love learning."],
  ["我爱北京", "I love Beijing."],
  ["她爱学习", "She loves learning."],
  ["欢迎来北京", "Welcome to Beijing."],
  ["欢迎来学校", "Welcome to the school."],
  ["现在几点了", "What time is it now?"],
  ["现在很晚了", "It is late now."],
  ["我们去学校", "We are going to school."],
];
const kinds: [string, string][] = [
  ["你好", "greeting"],
  ["早上好", "greeting"],
  ["你好吗", "question"],
  ["几点了", "question"],
  ["请进", "request"],
  ["请坐", "request"],
];
const couplets: [string, string][] = [
  ["天高", "地厚"],
  ["日落", "月升"],
  ["山青", "水绿"],
  ["窗前明月光", "门外暗星辰"],
];
const words: [string, string][] = [
  ["猫", "猫在沙发上睡觉。"],
  ["狗", "狗在公园里跑。"],
  ["书", "书在桌子上。"],
];

const sizes = (epochs: number): TrainOptions => ({
  source: { tokenizer: "chars", language: "zh" },
  data: { holdOut: 0 },
  model: { embeddingSize: 24, encoder: { hiddenSize: 24 }, decoder: { hiddenSize: 48 } },
  train: { batchSize: 4, epochs, learningRate: 0.01, dropout: 0, seed: 3 },
});
const plain: TrainOptions = {
  ...sizes(80),
  model: { embeddingSize: 24, attention: { kind: "none" }, decoder: { hiddenSize: 48, context: "every-step" } },
};
const chars = { ...sizes(80), target: { tokenizer: "chars", language: "zh" } } as const;

/** The files that the page asks for: models.json and the models it names. */
export async function pageModelFiles(): Promise<Record<string, string | Uint8Array>> {
  const translate = (pairs: [string, string][], options: TrainOptions) => train(pairs, options);
  const made: Record<string, { model: TandemModel; pairs: [string, string][] }> = {
    phrases: { model: await translate(phrases, sizes(80)), pairs: phrases },
    "phrases-plain": { model: await translate(phrases, plain), pairs: phrases },
    kinds: {
      model: await train(kinds, {
        task: "classify",
        source: { tokenizer: "chars" },
        data: { holdOut: 0 },
        model: { embeddingSize: 16, encoder: { hiddenSize: 16 } },
        train: { batchSize: 4, epochs: 60, learningRate: 0.01, dropout: 0 },
      }),
      pairs: kinds,
    },
    couplets: {
      model: await translate(couplets, { ...chars, decode: { length: "source" } }),
      pairs: couplets,
    },
    words: { model: await translate(words, chars), pairs: words },
    smalltalk: { model: await translate(phrases, sizes(20)), pairs: phrases },
  };
  const entries = Object.entries(made).map(([name, { model, pairs }]) => ({
    ...{ name, file: `models/${name}.safetensors`, task: model.task },
    examples: pairs.map(([source, target]) => ({ source, target })),
  }));
  const files: Record<string, string | Uint8Array> = { "models.json": JSON.stringify(entries) };
  for (const [name, { model }] of Object.entries(made)) {
    files[`models/${name}.safetensors`] = model.toBytes();
    model.dispose();
  }
  return files;
}
