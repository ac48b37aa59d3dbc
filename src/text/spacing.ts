import { isIdeographic } from "./scan.js";

/**
 * Where the space goes when tokens become text again. A rule over the shapes of the two neighbours decides; what the
 * training text does otherwise ("Bonjour !", "5 €", „Wort“) is learnt as a short list of exceptions.
 */
export interface SpacingData {
  /** Neighbours, as "left right", that stand apart although the rule joins them. */
  spaced: string[];
  /** Neighbours that stand together although the rule parts them. */
  joined: string[];
}

/** A space the rules would not write, kept as a token of its own: 窗前明月光 ▁ 疑是地上霜. */
export const SPACE = "▁";

/** What spacing sees of a token: its class, or the sign itself. */
const WORD = "word";
const NUMBER = "number";
const IDEOGRAPH = "ideograph";
const CLITIC = "clitic";
const ELISION = "elision";
const OPENING_QUOTE = "open";
const CLOSING_QUOTE = "close";
const classes: ReadonlySet<string> = new Set([WORD, NUMBER, IDEOGRAPH, CLITIC, ELISION]);

export function isSign(shape: string): boolean {
  return !classes.has(shape);
}

function shapeOf(token: string): string {
  if (isIdeographic(token)) return IDEOGRAPH;
  if (/^(?:n['’]t|['’]\p{L}+)$/iu.test(token)) return CLITIC;
  if (/^\p{L}+['’]$/u.test(token)) return ELISION;
  if (/^[-−+]?\p{N}/u.test(token)) return NUMBER;
  return /[\p{L}\p{N}]/u.test(token) ? WORD : token;
}

/** The shape of each token; straight quotes alternate between opening and closing. */
export function shapesOf(tokens: readonly string[]): string[] {
  const open = { '"': false, "'": false };
  return tokens.map((token, i) => {
    if (token !== '"' && token !== "'") return shapeOf(token);
    // An apostrophe with no partner: the neighbours' house.
    const alone = token === "'" && !open[token] && i > 0 && !tokens.includes(token, i + 1);
    open[token] = !open[token] && !alone;
    return (open[token] ? OPENING_QUOTE : CLOSING_QUOTE) + token;
  });
}

const wide = /^[\u3000-\u303F\uFF00-\uFFEF・]|^▁$/u;
const opening = /^(?:open["']|[\p{Ps}\p{Pi}¿¡])$/u;
const closing = /^(?:close["']|[\p{Pe}\p{Pf}.,!?;:%‰°…™®©]|\.{2,}|…{2,})$/u;
const tight = /^(?:[/_~·—]|—{2,})$/u;
const hyphen = /^[-–−‐‑]$/u;

/** Signs and letters of Chinese and Japanese text, which has no spaces. */
export function isUnspaced(shape: string): boolean {
  return shape === IDEOGRAPH || wide.test(shape);
}

export function opensQuote(shape: string): boolean {
  return /^(?:open["']|\p{Pi}|[「『„])$/u.test(shape);
}

export function closesQuote(shape: string): boolean {
  return /^(?:close["']|\p{Pf}|[」』])$/u.test(shape);
}

function spacedByRule(left: string, right: string): boolean {
  if (isUnspaced(left) || isUnspaced(right)) return false;
  if (right === CLITIC || left === ELISION) return false;
  if (closing.test(right) || opening.test(left) || tight.test(left) || tight.test(right)) return false;
  if (right === NUMBER && /^\p{Sc}$/u.test(left)) return false;
  if (/^[#@]$/u.test(left) && (right === NUMBER || right === WORD)) return false;
  return !((left === NUMBER && hyphen.test(right)) || (hyphen.test(left) && right === NUMBER));
}

/** The rule with a text's exceptions. */
export class Spacing {
  readonly #spaced: ReadonlySet<string>;
  readonly #joined: ReadonlySet<string>;

  constructor({ spaced, joined }: SpacingData) {
    this.#spaced = new Set(spaced);
    this.#joined = new Set(joined);
  }

  /** Whether a space stands between neighbours of these shapes. */
  parts(left: string, right: string): boolean {
    const neighbours = `${left} ${right}`;
    return spacedByRule(left, right) ? !this.#joined.has(neighbours) : this.#spaced.has(neighbours);
  }

  join(tokens: readonly string[]): string {
    const shapes = shapesOf(tokens);
    let text = "";
    tokens.forEach((token, i) => {
      if (i > 0 && this.parts(shapes[i - 1]!, shapes[i]!)) text += " ";
      text += token === SPACE ? " " : token;
    });
    return text.trim();
  }
}

/** How much more often than the rule's way the other way must be seen to become an exception. */
const LEAST_MAJORITY = 2;

/** Counts how a text spaces its neighbours and keeps what differs from the rule. */
export class SpacingLearner {
  readonly #counts = new Map<string, { spaced: number; joined: number }>();

  /** `spaced[i]`: white space stood before token i. */
  add(tokens: readonly string[], spaced: readonly boolean[]): void {
    const shapes = shapesOf(tokens);
    for (let i = 1; i < tokens.length; i++) {
      // Two runs of ideographs meet only at a space; inside a run there is none to count.
      if (shapes[i - 1] === IDEOGRAPH && shapes[i] === IDEOGRAPH) continue;
      const neighbours = `${shapes[i - 1]} ${shapes[i]}`;
      let count = this.#counts.get(neighbours);
      if (!count) {
        count = { spaced: 0, joined: 0 };
        this.#counts.set(neighbours, count);
      }
      count[spaced[i] ? "spaced" : "joined"]++;
    }
  }

  finish(): SpacingData {
    const data: SpacingData = { spaced: [], joined: [] };
    for (const neighbours of [...this.#counts.keys()].sort()) {
      const [left, right] = neighbours.split(" ") as [string, string];
      const { spaced, joined } = this.#counts.get(neighbours)!;
      const byRule = spacedByRule(left, right);
      if (byRule && joined >= spaced + LEAST_MAJORITY) data.joined.push(neighbours);
      // Beside ideographs a space now and then becomes a token of its own; only a constant one is a habit.
      const isHabit = joined === 0 || !(isUnspaced(left) || isUnspaced(right));
      if (!byRule && isHabit && spaced >= joined + LEAST_MAJORITY) data.spaced.push(neighbours);
    }
    return data;
  }
}
