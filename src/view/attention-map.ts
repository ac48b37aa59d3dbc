import { ShapeError } from "../errors.js";

/** What a decoder looked at: one row for each written token, one column for each token read. */
export interface AttentionMap {
  readonly title?: string;
  /** Target tokens. */
  readonly rows: readonly string[];
  /** Source tokens. */
  readonly columns: readonly string[];
  /** `[row, column]`, each row adding up to at most 1. */
  readonly weights: readonly (readonly number[])[];
  /** BCP 47 tags, so that a browser picks the right glyphs and a screen reader the right voice. */
  readonly rowsLanguage?: string;
  readonly columnsLanguage?: string;
}

/** Throws unless there is one finite weight for each pair of tokens. */
export function checkAttentionMap(map: AttentionMap): void {
  const { rows, columns, weights } = map;
  const odd = weights.findIndex((row) => row.length !== columns.length);
  if (weights.length !== rows.length || odd >= 0) {
    const got = odd < 0 ? `${weights.length} rows` : `${weights[odd]!.length} in row ${odd}`;
    throw new ShapeError(
      `attention map: weights must be [${rows.length}, ${columns.length}] (rows, columns), got ${got}.`,
    );
  }
  const at = weights.findIndex((row) => !row.every(Number.isFinite));
  if (at >= 0)
    throw new ShapeError(`attention map: expected finite weights, got ${weights[at]!.join(", ")} in row ${at}.`);
}

/** The column of the largest weight, the first of several; −1 in an empty row. */
export function strongestColumn(weights: readonly number[]): number {
  return weights.indexOf(Math.max(...weights));
}

/** U+2400 … U+241F show the control characters U+0000 … U+001F; one stands for all the others. */
function controlPicture(control: string): string {
  const code = control.charCodeAt(0);
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : "␡";
}

/** A token as it can be shown: a space as ␣, control characters as their pictures, half a surrogate pair as �. */
export function tokenLabel(token: string): string {
  if (token === "") return "∅";
  return token
    .replace(/^\p{Space_Separator}+$/u, (spaces) => "␣".repeat(spaces.length))
    .replace(/\p{Control}/gu, controlPicture)
    .replace(/\p{Surrogate}/gu, "\ufffd");
}

/** 0.9317 → "93.2 %". */
export function formatWeight(weight: number): string {
  return `${(100 * weight).toFixed(1)} %`;
}
