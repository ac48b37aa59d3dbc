import type { BleuSmoothing, BleuTokenizer } from "../../src/evaluate/index.js";
import { readGolden } from "./golden.js";

type Precisions = [number, number, number, number];
type BleuSettings = [BleuTokenizer, BleuSmoothing, value: number | null, lowercase: boolean, effective: boolean];
type ChrfSettings = [
  charOrder: number,
  wordOrder: number,
  beta: number,
  lowercase: boolean,
  whitespace: boolean,
  eps: boolean,
];
type Edits = [edits: number, referenceLength: number];

interface GoldenSystems {
  aScore: number;
  aMean: number;
  aHalfWidth: number;
  bScore: number;
  bMean: number;
  bHalfWidth: number;
  pValue: number;
  pValueOf10000: number;
}

/** test/oracles/make_metrics_golden.py, sacreBLEU 2.6.0, seed 20020706; the script explains the fields. */
export const golden = readGolden<{
  corpora: {
    kind: string;
    hypotheses: string[];
    references: string[][];
    bleu: [...BleuSettings, score: number, ...Precisions, brevityPenalty: number, number, number, signature: string][];
    chrf: [...ChrfSettings, score: number, signature: string][];
    sentences: [bleu: number, chrf: number, chrfPlusPlus: number][];
    errors: { wer: Edits; cer: Edits; per: Edits };
  }[];
  classification: { expected: string[]; predicted: string[]; accuracy: number; macroF1: number }[];
  bootstrap: {
    references: string[];
    a: string[];
    b: string[];
    draws: number[][];
    bleu: GoldenSystems;
    chrf: GoldenSystems;
  };
}>("metrics");

export const goldenCorpora = golden.corpora.map((corpus, index) => ({ ...corpus, index }));
