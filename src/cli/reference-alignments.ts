import { readBytes } from "../data/node-files.js";
import { decodeUtf8, type Pair, splitLines } from "../data/pairs.js";
import type { TranslationModel } from "../decode/translation-model.js";
import { DataError, TandemError } from "../errors.js";
import { type AlignmentScore, alignmentErrorRate, parseAlignment } from "../evaluate/index.js";
import { strongestLinks } from "../view/alignment.js";

/**
 * How well attention finds gold alignments, a line of Pharaoh's links for each pair. The model is made to write the
 * references, so that its tokens are those that were aligned; each looks where its largest weight is.
 */
export async function scoreAlignments(
  model: TranslationModel,
  pairs: readonly Pair[],
  goldFile: string,
): Promise<AlignmentScore> {
  if (model.recipe.model.attention.kind === "none")
    throw new TandemError(
      `--alignments ${goldFile}: expected a model with attention, got one without. Leave the option out.`,
    );
  const lines = splitLines(decodeUtf8(await readBytes(goldFile), goldFile));
  if (lines.length !== pairs.length)
    throw new DataError(
      `${goldFile}: expected ${pairs.length} lines, one for each pair, got ${lines.length}. Leave a line empty where nothing is aligned.`,
    );
  const lengths = pairs.map(({ source, target }) => ({
    source: model.core.encodeSource(source).tokens.length,
    target: model.core.target.tokenizer.encode(target).length,
  }));
  const gold = lines.map((line, i) => {
    const where = `${goldFile}:${i + 1}`;
    const alignment = parseAlignment(line, where);
    for (const link of alignment.possible) checkLink(link, lengths[i]!, where);
    return alignment;
  });
  const maxLength = Math.max(1, ...lengths.map(({ target }) => target));
  const forced = await model.translate(
    pairs.map(({ source }) => source),
    { prefix: pairs.map(({ target }) => target), beamSize: 1, sample: false, length: "free", minLength: 0, maxLength },
  );
  const found = forced.map(({ attention }, i) => {
    const links = strongestLinks(attention!).filter(({ target }) => target < lengths[i]!.target);
    return parseAlignment(links.map(({ source, target }) => `${source}-${target}`).join(" "));
  });
  return alignmentErrorRate(found, gold);
}

function checkLink(link: string, { source, target }: { source: number; target: number }, where: string): void {
  const [s, t] = link.split("-").map(Number) as [number, number];
  if (s >= source || t >= target)
    throw new DataError(
      `${where}: expected links of ${source} source and ${target} target tokens, got ${link}. Align the tokens as the model cuts them, counted from 0.`,
    );
}
