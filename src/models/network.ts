import type { Batch } from "../data/batches.js";
import { ShapeError } from "../errors.js";
import type { DropoutContext, Parameters } from "../nn/index.js";
import type { Recipe } from "../recipe/schema.js";
import { crossEntropy, ints, reshape, selectRows, type Tensor, tensor } from "../tensor/index.js";
import { Decoder } from "./decoder.js";
import { type Encoded, Encoder } from "./encoder.js";

/** Encoder and decoder with their parameters: the model as far as it knows only ids. */
export class Seq2SeqNetwork {
  readonly encoder: Encoder;
  readonly decoder: Decoder;

  constructor(
    readonly parameters: Parameters,
    recipe: Recipe,
    sourceVocabularySize: number,
    targetVocabularySize: number,
  ) {
    this.encoder = new Encoder(parameters, recipe, sourceVocabularySize);
    this.decoder = new Decoder(parameters, recipe, this.encoder.outputSize, targetVocabularySize);
  }

  encode(batch: Pick<Batch, "size" | "sourceTime" | "source" | "sourceMask">, training?: DropoutContext): Encoded {
    const shape = [batch.size, batch.sourceTime];
    if (batch.source.length !== batch.size * batch.sourceTime)
      throw new ShapeError(`encode: expected ${batch.size} × ${batch.sourceTime} ids, got ${batch.source.length}.`);
    return this.encoder.forward(ints(batch.source, shape), tensor(batch.sourceMask, shape), training);
  }

  /**
   * Cross-entropy under teacher forcing, the mean over real target tokens (`</s>` included).
   * `training` switches dropout on.
   */
  loss(batch: Batch, options: { training?: DropoutContext | undefined; smoothing?: number } = {}): Tensor {
    const { training, smoothing = 0 } = options;
    const encoded = this.encode(batch, training);
    const targetIn = ints(batch.targetIn, [batch.size, batch.targetTime]);
    const followed = this.decoder.follow(encoded, targetIn, training);
    const features = this.decoder.dropFeatures(followed.features, training);
    // Only real tokens reach the output projection.
    const rows: number[] = [];
    for (let i = 0; i < batch.targetMask.length; i++) if (batch.targetMask[i] === 1) rows.push(i);
    const size = features.shape[2]!;
    const flat = reshape(features, [batch.size * batch.targetTime, size]);
    const real = selectRows(flat, ints(rows, [rows.length]));
    const targets = ints(
      Int32Array.from(rows, (row) => batch.targetOut[row]!),
      [rows.length],
    );
    const { weight, bias } = this.decoder.output;
    return crossEntropy(real, weight, bias!, targets, { smoothing });
  }
}
