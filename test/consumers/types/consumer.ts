// Somebody's program as the compiler sees it, without Node's types: what the declarations promise, and what they refuse.
import { type LoadOptions, loadModel, type Translation, type TranslationModel, train } from "tandem-seq2seq";

const pairs = [["one", "eins"], { source: "two", target: "zwei" }] as const;

export async function run(signal: AbortSignal): Promise<string[]> {
  const options: LoadOptions<"translate"> = {
    task: "translate",
    threads: 1,
    wasmUrl: new URL("https://example.org/kernels.wasm"),
    signal,
  };
  const trained: TranslationModel = await train(pairs, {
    source: { tokenizer: "chars" },
    onProgress: () => {},
    signal,
  });
  using model = await loadModel(trained.toBytes(), options);
  model.task satisfies "translate";
  const { exact, ppl } = await model.evaluate(pairs, { metrics: ["exact", "ppl"], signal });
  // @ts-expect-error: only what was asked for is in the answer.
  (await model.evaluate(pairs, { metrics: ["exact"] })).bleu;
  const codes: Float32Array[] = await model.encode(["one"], { signal });
  const translations: Translation[] = await model.translate(["one"], { beamSize: 2, nbest: 2, signal });
  for await (const { text } of model.stream("one", { signal })) text satisfies string;
  // @ts-expect-error: an unknown option.
  await model.translate(["one"], { beam: 2 });
  // @ts-expect-error: an unknown tokenizer.
  await train(pairs, { source: { tokenizer: "letters" } });
  return translations.map(({ text }) => `${text} ${exact + ppl} ${codes.length}`);
}
