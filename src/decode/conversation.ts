/** Parts the turns of a source: U+23CE between spaces. */
export const TURN = " ⏎ ";

/**
 * What was said so far, for a model that replies: its source is the last exchanges and what is said now, joined by `TURN`, as
 * in the data it learnt from.
 *
 * ```ts
 * import { Conversation } from "tandem-seq2seq";
 *
 * const talk = new Conversation(1);
 * talk.add("我六点在图书馆开会", "好的，我会提醒你。");
 * talk.sourceOf("我几点开会"); // "我六点在图书馆开会 ⏎ 好的，我会提醒你。 ⏎ 我几点开会"
 * ```
 */
export class Conversation {
  readonly #exchanges: string[] = [];

  /** Nothing was said yet. */
  constructor(
    /** How many exchanges are kept, each a line and its reply. */
    readonly history: number,
    /** Whether a model can read a source; where one does not fit, fewer exchanges go into it. */
    readonly fits: (source: string) => boolean = () => true,
  ) {}

  /** What a model reads to reply to `line`. */
  sourceOf(line: string): string {
    for (let kept = Math.min(this.history, this.#exchanges.length); kept > 0; kept--) {
      const source = [...this.#exchanges.slice(-kept), withoutSign(line)].join(TURN);
      if (this.fits(source)) return source;
    }
    return withoutSign(line);
  }

  /** A line was replied to. */
  add(line: string, reply: string): void {
    if (this.history === 0) return;
    this.#exchanges.push([line, reply].map(withoutSign).join(TURN));
    if (this.#exchanges.length > this.history) this.#exchanges.shift();
  }
}

/** A sign that someone typed parts no turns. */
const withoutSign = (text: string) => text.replaceAll(TURN.trim(), " ");
