/** A sentence and what it does: 能帮我买两张票吗 → request. Chinese and English, without the final mark. */
import type { Pair } from "tandem-seq2seq";
import { Draw } from "../made-data/draw.js";
import { type MadeData, type Published, type Split, writeMadeData } from "../made-data/files.js";
import { articleBefore } from "../phrase-book/english.js";
import { type Activity, activities } from "../phrase-book/lexicon/activities.js";
import type { Noun } from "../phrase-book/lexicon/things.js";
import { chinese, english, kinds, named, openers, type SentenceKind, type Somebody, somebody } from "./frames.js";
import { published } from "./published.js";

export interface KindPair extends Pair {
  readonly target: SentenceKind;
  readonly language: "zh" | "en";
  /** What the sentence is about, verb and object: in one part only, in all kinds and both languages. */
  readonly content: string;
  /** Its opener and frame are together in no trained sentence. */
  readonly isNew: boolean;
}

const SEED = 2026;
const FRAMES_PER_ACTIVITY = 2;
/** The share of sentences that have an opener where their kind may. */
const OPENED = 0.5;
const heldOutCounts = { test: 40, dev: 16 } as const;

/** Sentences that are shown at the end: what they are about is never trained on. */
export const showcase = ["她不喜欢买电脑吗", "能帮我买电脑吗"] as const;

function objectInEnglish({ bare, singular, plural }: Noun): string {
  if (bare === "one") return `${articleBefore(singular)} ${singular}`;
  if (bare === "the") return `the ${singular}`;
  return bare === "many" ? plural : singular;
}

const formOf = { do: "plain", did: "past", doing: "ing", done: "done" } as const;

type Writer = (frame: string, activity: Activity, who: Somebody, name: Somebody) => string;

const writeChinese: Writer = (frame, { verb, object }, who, name) =>
  frame
    .replace("{do}", verb + (object?.chinese ?? ""))
    .replace("{who}", who.chinese)
    .replace("{name}", name.chinese);

const writeEnglish: Writer = (frame, activity, who, name) => {
  const object = activity.object ? ` ${objectInEnglish(activity.object)}` : "";
  const sentence = frame
    .replace(/\{(do|did|doing|done)\}/, (_, form: keyof typeof formOf) => activity.english[formOf[form]] + object)
    .replace(/\(([^|]+)\|([^)]+)\)/g, (_, third: string, plain: string) => (who.third ? third : plain))
    .replace("{who}", who.english)
    .replace("{name}", name.english);
  return sentence[0]!.toUpperCase() + sentence.slice(1);
};

const languages = [
  { language: "zh", frames: chinese, write: writeChinese },
  { language: "en", frames: english, write: writeEnglish },
] as const;

/** Things that one does, rather than how things are, each named by its verb and object. */
const contents = new Map(
  activities
    .filter(({ traits }) => !traits.has("lasting"))
    .map((activity) => [activity.verb + (activity.object?.chinese ?? ""), activity]),
);

/** An opener and a frame that are trained on with others only: every fourth. */
function isHeldOut(opener: number, frame: number): boolean {
  return (opener + frame) % 4 === 0;
}

function sentencesOf(content: string, split: Split): KindPair[] {
  const activity = contents.get(content)!;
  const draw = new Draw(SEED, "sentence-kinds", content);
  return kinds.flatMap((target) =>
    languages.flatMap(({ language, frames, write }) =>
      draw.sample([...frames[target].entries()], FRAMES_PER_ACTIVITY).map(([number, frame]): KindPair => {
        const possible = [...(openers[language][target] ?? []).entries()].filter(
          ([opener]) => split === "test" || !isHeldOut(opener, number),
        );
        const [opener, text] = possible.length > 0 && draw.chance(OPENED) ? draw.pick(possible) : [undefined, ""];
        const name = draw.pick(named);
        const sentence = write(frame, activity, draw.pick(somebody), name);
        const source =
          text.replace("{name}", language === "zh" ? name.chinese : name.english) +
          (text ? uncapped(sentence) : sentence);
        const isNew = opener !== undefined && isHeldOut(opener, number);
        return { source, target, language, content, isNew };
      }),
    ),
  );
}

/** The sentence as it goes on after an opener: a capital stays where it is a name's or an I. */
function uncapped(sentence: string): string {
  const isName = [...somebody, ...named].some(({ english: name }) => /^[A-Z]/.test(name) && sentence.startsWith(name));
  return isName || /^I\b/.test(sentence) ? sentence : sentence[0]!.toLowerCase() + sentence.slice(1);
}

/** The three parts, the same at every call. */
export function generateSentenceKinds(): MadeData<KindPair> {
  const draw = new Draw(SEED, "sentence-kinds", "split");
  const verbs = new Map<string, number>();
  const objects = new Map<string, number>();
  for (const { verb, object } of contents.values()) {
    verbs.set(verb, (verbs.get(verb) ?? 0) + 1);
    if (object) objects.set(object.chinese, (objects.get(object.chinese) ?? 0) + 1);
  }
  const splits = new Map<string, Split>();
  const hold = (split: Split, content: string): boolean => {
    const { verb, object } = contents.get(content)!;
    // Verb and object are both still trained on, each with something else.
    if (!object || verbs.get(verb)! < 2 || objects.get(object.chinese)! < 2) return false;
    verbs.set(verb, verbs.get(verb)! - 1);
    objects.set(object.chinese, objects.get(object.chinese)! - 1);
    splits.set(content, split);
    return true;
  };
  hold("test", "买电脑");
  const candidates = draw.shuffled([...contents.keys()].filter((content) => !splits.has(content)));
  for (const split of ["test", "dev"] as const) {
    let missing: number = heldOutCounts[split];
    while (missing > 0) if (hold(split, candidates.pop()!)) missing--;
  }
  const kindOf = new Map<string, SentenceKind>();
  const data: Record<Split, KindPair[]> = { train: [], dev: [], test: showcaseSentences() };
  for (const content of contents.keys()) {
    const split = splits.get(content) ?? "train";
    for (const sentence of sentencesOf(content, split)) {
      const known = kindOf.get(sentence.source);
      if (known === sentence.target) continue;
      if (known)
        throw new Error(
          `sentence kinds: expected one kind for "${sentence.source}", got ${known} and ${sentence.target}.`,
        );
      kindOf.set(sentence.source, sentence.target);
      data[split].push(sentence);
    }
  }
  return { train: draw.shuffled(data.train), dev: draw.shuffled(data.dev), test: draw.shuffled(data.test) };
}

function showcaseSentences(): KindPair[] {
  const said = { language: "zh", content: "买电脑", isNew: false } as const;
  return [
    { ...said, source: showcase[0], target: "question" },
    { ...said, source: showcase[1], target: "request" },
  ];
}

export function writeSentenceKinds(folder: string): Promise<Published> {
  return writeMadeData("sentence-kinds", generateSentenceKinds(), published, folder);
}
