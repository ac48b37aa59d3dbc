import { makeBatch } from "../data/batches.js";
import type { Classifier } from "../models/classifier.js";
import type { Tagger } from "../models/tagger.js";
import { logSoftmax, Scope } from "../tensor/index.js";
import { classifyBatch, type LabelProbability, type Reason } from "./classification.js";
import type { ReasonKind } from "./reasons.js";
import { rowsOf, type SourceTrace, traceSource } from "./source-trace.js";

/** Every intermediate value of one classification. */
export interface ClassificationTrace extends SourceTrace {
  task: "classify";
  /** Every label, the most probable first. */
  probabilities: LabelProbability[];
  /** Which tokens the label was read from: by attention where the summary attends, and by gradient. */
  reasons: Reason[];
  /** The label. */
  output: string;
}

/** Every intermediate value of the tagging of a line. */
export interface TaggingTrace extends SourceTrace {
  task: "tag";
  /** The most probable tags of each token, best first. */
  tags: LabelProbability[][];
  /** The tags as the targets of training write them. */
  output: string;
}

/** Tags of a token that are kept. */
const CANDIDATES = 5;

export function traceClassification(model: Classifier, line: string): ClassificationTrace {
  const read = model.encodeSource(line);
  const batch = makeBatch([{ index: 0, source: Int32Array.from(read.ids), target: new Int32Array(0) }]);
  const classify = (scope: Scope, by: ReasonKind) => scope.run(() => classifyBatch(model, batch, [read], by)[0]!);
  const session = () => new Scope(model.backend, { parent: model.packedWeights() });
  const [sentence, prefixes] = [session(), session()];
  const wayBack = new Scope(model.backend, { gradients: true });
  try {
    const { trace } = traceSource(model, line, sentence, prefixes);
    const { label, probabilities, reason } = classify(wayBack, "gradient");
    const attended =
      model.recipe.model.encoder.summary === "attention" ? [classify(sentence, "attention").reason!] : [];
    return { task: "classify", ...trace, probabilities, reasons: [...attended, reason!], output: label };
  } finally {
    model.parameters.clearGradients();
    for (const scope of [wayBack, prefixes, sentence]) scope.dispose();
  }
}

export function traceTagging(model: Tagger, line: string): TaggingTrace {
  const { ids } = model.encodeSource(line);
  const batch = makeBatch([{ index: 0, source: Int32Array.from(ids), target: new Int32Array(0) }]);
  const session = () => new Scope(model.backend, { parent: model.packedWeights() });
  const [sentence, prefixes] = [session(), session()];
  try {
    const { encoded, trace } = traceSource(model, line, sentence, prefixes);
    const { network, labels, tagTokenizer } = model;
    const rows =
      ids.length === 0 ? [] : sentence.run(() => rowsOf(logSoftmax(network.logits(network.features(encoded, batch)))));
    const tags = rows.map((row) =>
      row
        .map((value, id): LabelProbability => ({ label: labels.nameOf(id), probability: Math.exp(value) }))
        .sort((a, b) => b.probability - a.probability)
        .slice(0, CANDIDATES),
    );
    const output = tagTokenizer.decode(tags.map(([best]) => best!.label));
    return { task: "tag", ...trace, tags, output };
  } finally {
    for (const scope of [prefixes, sentence]) scope.dispose();
  }
}
