import { evenly } from "../data/evenly.js";
import type { TextSide } from "../models/model.js";
import type { Recipe } from "../recipe/schema.js";
import { UNKNOWN, type Vocabulary } from "../text/vocabulary.js";
import {
  type CheckedData,
  type Example,
  exampleOf,
  type Finding,
  howMany,
  levelOf,
  numbered,
  PARTS,
  type Part,
  percent,
  type Side,
} from "./finding.js";

/** Tokens without an id: at a tenth something is probably not as it was meant, at half nothing can be learnt. */
const UNKNOWN_BOUNDS = { warning: 0.1, error: 0.5 };
/** Of fewer tokens a share says little: no error. */
const FEW_TOKENS = 200;
/** Tokens that only their case makes unknown. */
const CASE_BOUNDS = { warning: 0.02, error: 0.5 };
const LEAST_CASE_SHARE = 0.005;
/** Less is not worth a note. */
const LEAST_SHARE = 0.02;

/** Lines that are cut of each part, evenly chosen. */
const MOST_LINES = 20_000;

/** Which tokens of a part of the data a vocabulary does not have. */
interface UnknownTokens {
  tokens: number;
  unknown: number;
  /** Unknown ones that are known in lower case, or lower-cased ones whose capitalised form is known. */
  otherCase: number;
  example?: Example;
  caseExample?: Example;
}

/** The share of tokens without an id of their own in each part, by side. */
export type UnknownShares = Partial<Record<Side, Record<Part, number>>>;

/** Looks each token of dev and test up in the vocabulary that training will use, and notes what case alone hides. */
export function vocabularyFindings(
  recipe: Recipe,
  data: CheckedData,
  sides: Partial<Record<Side, TextSide>>,
): { findings: Finding[]; shares: UnknownShares } {
  const findings: Finding[] = [];
  const shares: UnknownShares = {};
  for (const [name, side] of Object.entries(sides) as [Side, TextSide][]) {
    const perPart: Record<Part, number> = { train: 0, dev: 0, test: 0 };
    for (const part of PARTS) {
      const { coverage = 1 } = side.vocabulary;
      // Of training the vocabulary itself knows how much it covers.
      if (part === "train" && 1 - coverage < LEAST_SHARE) {
        perPart.train = 1 - coverage;
        continue;
      }
      const found = unknownTokens(recipe, data, part, name, side);
      perPart[part] = found.tokens === 0 ? 0 : found.unknown / found.tokens;
      // What a model that copies has no word for is what it is there for.
      if (!recipe.model.copy) findings.push(...unknownFindings(recipe, part, name, found));
      findings.push(...caseFindings(recipe, part, name, found));
    }
    shares[name] = perPart;
  }
  return { findings, shares };
}

function unknownFindings(recipe: Recipe, part: Part, side: Side, found: UnknownTokens): Finding[] {
  const { tokens, unknown, example } = found;
  const share = unknown / tokens;
  if (!(share >= LEAST_SHARE)) return [];
  const finer = recipe[side].tokenizer === "bpe" ? "" : `, or take ${side}.tokenizer: bpe or chars`;
  return [
    {
      kind: "unknown-words",
      level: levelOf(share, tokens < FEW_TOKENS ? { warning: UNKNOWN_BOUNDS.warning } : UNKNOWN_BOUNDS),
      count: unknown,
      of: tokens,
      share,
      what: `the ${side} vocabulary covers ${percent(1 - share)} of the ${part === "train" ? "training" : part} tokens; the rest, ${unknown} of ${tokens}, is <unk>`,
      ...(example && { example }),
      advice: `Look at the columns, raise ${side}.vocabSize${finer}.`,
    },
  ];
}

function caseFindings(recipe: Recipe, part: Part, side: Side, found: UnknownTokens): Finding[] {
  const { tokens, otherCase, caseExample } = found;
  const share = otherCase / tokens;
  if (!(share >= LEAST_CASE_SHARE) || recipe[side].lowercase) return [];
  return [
    {
      kind: "case",
      level: levelOf(share, CASE_BOUNDS),
      count: otherCase,
      of: tokens,
      share,
      what: `${howMany(otherCase, tokens, `${part} tokens`)} of the ${side} are unknown only because of their case`,
      ...(caseExample && { example: caseExample }),
      advice: `Set ${side}.lowercase: true, or write train and ${part} in the same case.`,
    },
  ];
}

function unknownTokens(
  recipe: Recipe,
  data: CheckedData,
  part: Part,
  name: Side,
  { tokenizer, vocabulary }: TextSide,
): UnknownTokens {
  const found: UnknownTokens = { tokens: 0, unknown: 0, otherCase: 0 };
  for (const [index, pair] of evenly(numbered(data[part]), MOST_LINES)) {
    const tokens = tokenizer.encode(pair[name]);
    found.tokens += tokens.length;
    const exampleWith = (token: string): Example => {
      const { place, text } = exampleOf(pair, index, part, recipe.task);
      return { place, text: `${JSON.stringify(token)} in ${text}` };
    };
    for (const token of tokens) {
      if (vocabulary.idOf(token) !== UNKNOWN) continue;
      found.unknown++;
      found.example ??= exampleWith(token);
      if (!isKnownInOtherCase(token, vocabulary)) continue;
      found.otherCase++;
      found.caseExample ??= exampleWith(token);
    }
  }
  return found;
}

function isKnownInOtherCase(token: string, vocabulary: Vocabulary): boolean {
  const lower = token.toLowerCase();
  const forms = [lower, token.toUpperCase(), lower.replace(/\p{L}/u, (letter) => letter.toUpperCase())];
  return forms.some((form) => form !== token && vocabulary.idOf(form) !== UNKNOWN);
}
