/** What decides whether the parts of a model go together. */
interface Parts {
  embeddingSize: number;
  encoder: { hiddenSize: number; layers: number; bidirectional: boolean; summary: string };
  decoder: {
    hiddenSize: number;
    layers: number;
    bridge: string;
    attend: string;
    context?: "initial" | "every-step" | undefined;
    inputFeeding?: string | undefined;
  };
  attention: { kind: string; heads?: number | undefined };
  copy: boolean;
  tieEmbeddings: string;
}

/** Which key, and the rest of the sentence about it. */
type Refusal = [path: string[], message: string];

/** What the parts of a model, each right by itself, cannot be together; one sentence with its reason and a way out for each. */
export function refusals(model: Parts): Refusal[] {
  const { encoder, decoder, attention, copy } = model;
  const found: Refusal[] = [];
  const attends = attention.kind !== "none";
  const context = decoder.context ?? (attends ? "initial" : "every-step");
  const encoderSize = encoder.hiddenSize * (encoder.bidirectional ? 2 : 1);
  const sizes = `decoder.hiddenSize ${decoder.hiddenSize} and the encoder's ${encoderSize}`;

  if (!attends && decoder.bridge === "zero" && context === "initial") {
    const reason = "without attention and with bridge: zero the sentence would reach the decoder nowhere";
    found.push([["decoder", "context"], `initial is refused: ${reason}. Use every-step, or bridge: dense`]);
  }
  if (!attends && decoder.inputFeeding !== undefined && decoder.inputFeeding !== "none") {
    const reason = "with attention.kind: none there is nothing to feed";
    found.push([["decoder", "inputFeeding"], `${decoder.inputFeeding} is refused: ${reason}. Use none`]);
  }
  if (!attends && decoder.attend === "before") {
    const reason = "with attention.kind: none there is nothing to attend to";
    found.push([["decoder", "attend"], `before is refused: ${reason}. Leave it out`]);
  }
  if (attends && decoder.attend === "before" && decoder.inputFeeding !== undefined && decoder.inputFeeding !== "none") {
    const reason = "with attend: before the context enters the very step it belongs to";
    found.push([["decoder", "inputFeeding"], `${decoder.inputFeeding} is refused: ${reason}. Use none`]);
  }
  if (!attends && copy) {
    const reason = "with attention.kind: none there is nothing that points at the source";
    found.push([["copy"], `true is refused: ${reason}. Choose another kind`]);
  }
  if (attention.kind === "dot" && decoder.hiddenSize !== encoderSize) {
    const advice = `Use general, or decoder.hiddenSize: ${encoderSize}`;
    found.push([["attention", "kind"], `dot is refused: it compares states of one size, not ${sizes}. ${advice}`]);
  }
  if (attention.heads !== undefined && decoder.hiddenSize % attention.heads !== 0) {
    const reason = `${attention.heads} heads do not divide decoder.hiddenSize ${decoder.hiddenSize}`;
    found.push([["attention", "heads"], `${attention.heads} is refused: ${reason}. Use a divisor`]);
  }
  if (decoder.bridge === "copy" && (decoder.layers !== encoder.layers || decoder.hiddenSize !== encoderSize)) {
    const rule = "each layer starts from the encoder's, so layers and sizes must agree";
    const got = `layers ${decoder.layers} and ${encoder.layers}, ${sizes}`;
    found.push([["decoder", "bridge"], `copy is refused: ${rule}, not ${got}. Use dense, or make them equal`]);
  }
  if (encoder.summary !== "last" && decoder.bridge !== "dense" && context === "initial") {
    const reason = `with bridge: ${decoder.bridge} and context: initial nothing reads the sentence vector`;
    found.push([
      ["encoder", "summary"],
      `${encoder.summary} is refused: ${reason}. Use bridge: dense, or context: every-step`,
    ]);
  }
  return [...found, ...tieRefusals(model)];
}

/** The same of tied embeddings alone. */
export function tieRefusals({ embeddingSize, decoder, attention, tieEmbeddings }: Parts): Refusal[] {
  const found: Refusal[] = [];
  const attends = attention.kind !== "none";
  const context = decoder.context ?? (attends ? "initial" : "every-step");
  if (tieEmbeddings !== "none") {
    const featureSize = attends || context === "initial" ? decoder.hiddenSize : undefined;
    if (featureSize === undefined) {
      const reason = "without attention and with context: every-step the output reads more than a state";
      found.push([["tieEmbeddings"], `${tieEmbeddings} is refused: ${reason}. Use context: initial, or attention`]);
    } else if (featureSize !== embeddingSize) {
      const reason = `the output's weight is the embedding, so embeddingSize ${embeddingSize} must be decoder.hiddenSize ${featureSize}`;
      found.push([["tieEmbeddings"], `${tieEmbeddings} is refused: ${reason}. Make them equal`]);
    }
  }
  return found;
}

/** How a side's text is cut, as far as subwords go. */
interface Side {
  tokenizer: string;
  tokenizerFile?: string | undefined;
  vocabSize: number;
  minFrequency: number;
  characterCoverage: number;
  bpeDropout: number;
  lowercase: boolean;
  normalization: string;
}

const isSubword = ({ tokenizer }: Pick<Side, "tokenizer">) => tokenizer === "bpe" || tokenizer === "bytes";

/** What a tokenizer that is not bpe cannot have. */
export function subwordRefusals({ tokenizer, tokenizerFile, characterCoverage, bpeDropout }: Side): Refusal[] {
  const found: Refusal[] = [];
  const advice = "Use tokenizer: bpe";
  if (tokenizerFile !== undefined && !isSubword({ tokenizer }))
    found.push([["tokenizerFile"], `a file is refused: it holds bpe or bytes, not ${tokenizer}. ${advice}`]);
  if (tokenizer === "bpe") return found;
  if (characterCoverage < 1)
    found.push([
      ["characterCoverage"],
      `${characterCoverage} is refused: of ${tokenizer}, vocabSize and minFrequency choose what is known. ${advice}`,
    ]);
  if (bpeDropout > 0)
    found.push([
      ["bpeDropout"],
      `${bpeDropout} is refused: ${tokenizer} merges nothing that could be left out. ${advice}`,
    ]);
  return found;
}

/** What both sides must have alike to have one vocabulary, and what pairs aligned token by token cannot have. */
export function vocabularyRefusals(recipe: {
  source: Side;
  target: Side;
  jointVocabulary: boolean;
  model: { tieEmbeddings: string; attention: { guided: number } };
}): Refusal[] {
  const { source, target, jointVocabulary, model } = recipe;
  const found: Refusal[] = [];
  for (const [name, { bpeDropout }] of Object.entries({ source, target }))
    if (bpeDropout > 0 && model.attention.guided > 0) {
      const reason = "alignments count tokens, and these change with every epoch";
      found.push([
        [name, "bpeDropout"],
        `${bpeDropout} is refused with model.attention.guided: ${reason}. Leave out one of the two`,
      ]);
    }
  const isTied = model.tieEmbeddings === "all";
  if (!isTied && !jointVocabulary) return found;
  const [path, value] = isTied ? [["model", "tieEmbeddings"], "all"] : [["jointVocabulary"], "true"];
  const keys = ["vocabSize", "minFrequency"] as const;
  const subwordKeys = ["tokenizer", "tokenizerFile", "characterCoverage", "lowercase", "normalization"] as const;
  for (const key of isSubword(source) || isSubword(target) ? [...subwordKeys, ...keys] : keys)
    if (source[key] !== target[key]) {
      const got = `source.${key} ${source[key] ?? "(none)"} and target.${key} ${target[key] ?? "(none)"}`;
      found.push([path, `${value} is refused: one vocabulary has one ${key}, not ${got}. Make them equal`]);
    }
  return found;
}
