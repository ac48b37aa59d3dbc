/** Small talk: what is said, after the turns before it, and the reply: times, places and numbers copied or reckoned with. */
import { type Pair, TURN } from "tandem-seq2seq";
import { Draw } from "../made-data/draw.js";
import { type MadeData, type Published, type Split, writeMadeData } from "../made-data/files.js";
import { published } from "./published.js";
import { conversations, type Scene, setPhrases } from "./scenes.js";
import type { Slot } from "./slots.js";

export interface TalkPair extends Pair {
  readonly topic: string;
  readonly language: "zh" | "en";
  readonly turnCount: number;
  /** Whether something else was talked of before it began, or between its beginning and its last turn. */
  readonly detour: "none" | "before" | "between";
  /** Whether the reply says a number, time or day that is not said before. */
  readonly reckons: boolean;
  /** The two values, by topic, that are together in one part only; "" for a set phrase. */
  readonly combination: string;
  /** What one has to know to answer: the scene, its values, what follows from its numbers. */
  readonly facts: readonly string[];
}

const SEED = 2026;
const TALKS_PER_SCENE = 400;
const heldOutCounts = { test: 1200, dev: 500 } as const;

/** In how many conversations of the training part each fact of a held-out one is. */
export const FEWEST_IN_TRAINING = 4;

/** Share of the talks that are there once more, with something else talked of before or between. */
const WITH_DETOUR = 0.25;

function fill(template: string, slots: Readonly<Record<string, Slot>>, language: "zh" | "en"): string {
  const filled = template.replace(/\{(\w+)(?:\.(\w+))?\}/g, (_, name: string, attribute?: string) => {
    const value = slots[name]?.[attribute ?? language];
    if (value === undefined) throw new Error(`small talk: nothing fills {${name}} of "${template}". Give it a slot.`);
    return String(value);
  });
  return language === "en" ? filled[0]!.toUpperCase() + filled.slice(1) : filled;
}

/** The slots that some texts name. */
function slotsIn(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.flatMap((text) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name!)));
}

function converse(scene: Scene, number: number, draw: Draw): TalkPair | undefined {
  const { topic, language, turns, reply, held, reckon, terms = [] } = scene;
  const drawn = Object.fromEntries(Object.entries(scene.slots).map(([name, values]) => [name, draw.pick(values)]));
  const reckoned = reckon ? reckon(drawn) : {};
  if (!reckoned) return undefined;
  const slots = { ...drawn, ...reckoned };
  const said = slotsIn(turns);
  const reckons = [...slotsIn([reply])].some((name) => !said.has(name));
  const values = [...slotsIn([...turns, reply])].map((name) => `${language} ${slots[name]![language]}`);
  const sum = terms.map((name) => `${name} ${slots[name]!.value}`).join(" ");
  return {
    source: turns.map((turn) => fill(turn, slots, language)).join(TURN),
    target: fill(reply, slots, language),
    topic,
    language,
    turnCount: turns.length,
    detour: "none",
    reckons,
    combination: [topic, ...held.map((name) => slots[name]!.zh)].join("|"),
    facts: [`scene ${number}`, ...values, ...(reckons ? [`${language} ${sum}`] : [])],
  };
}

function allTalks(): TalkPair[] {
  const talks = new Map<string, TalkPair>();
  const add = (talk: TalkPair) => {
    const known = talks.get(talk.source);
    if (known && known.target !== talk.target) {
      throw new Error(
        `small talk: expected one reply to "${talk.source}", got "${known.target}" and "${talk.target}".`,
      );
    }
    if (!known) talks.set(talk.source, talk);
  };
  for (const [source, target] of setPhrases) {
    const language = /^[A-Z]/.test(source) ? "en" : "zh";
    const plain = { turnCount: 1, detour: "none", reckons: false, combination: "", facts: [] } as const;
    add({ source, target, topic: "set phrase", language, ...plain });
  }
  for (const [number, scene] of conversations.entries()) {
    const draw = new Draw(SEED, "small-talk", scene.turns.join(TURN) + scene.reply);
    for (let count = 0; count < TALKS_PER_SCENE; count++) {
      const talk = converse(scene, number, draw);
      if (talk) add(talk);
    }
  }
  return [...talks.values()];
}

/** The three parts, the same at every call. */
export function generateSmallTalk(): MadeData<TalkPair> {
  const draw = new Draw(SEED, "small-talk", "split");
  const talks = allTalks();
  const groups = new Map<string, TalkPair[]>();
  const counts = new Map<string, number>();
  for (const talk of talks) {
    groups.set(talk.combination, [...(groups.get(talk.combination) ?? []), talk]);
    for (const fact of talk.facts) counts.set(fact, (counts.get(fact) ?? 0) + 1);
  }
  const splits = new Map<string, Split>();
  const candidates = draw.shuffled([...groups.keys()].filter(Boolean));
  for (const split of ["test", "dev"] as const) {
    for (let missing: number = heldOutCounts[split]; missing > 0; ) {
      const combination = candidates.pop()!;
      const facts = groups.get(combination)!.flatMap((talk) => talk.facts);
      for (const fact of facts) counts.set(fact, counts.get(fact)! - 1);
      if (facts.every((fact) => counts.get(fact)! >= FEWEST_IN_TRAINING)) {
        splits.set(combination, split);
        missing -= groups.get(combination)!.length;
      } else {
        for (const fact of facts) counts.set(fact, counts.get(fact)! + 1);
      }
    }
  }
  const data: Record<Split, TalkPair[]> = { train: [], dev: [], test: [] };
  for (const talk of draw.shuffled(talks)) data[splits.get(talk.combination) ?? "train"].push(talk);
  const detours = data.train.filter(({ turnCount }) => turnCount === 1);
  const withDetours = (split: Split) => {
    const chosen = data[split].filter(({ combination }) => combination !== "" && draw.chance(WITH_DETOUR));
    return [...data[split], ...chosen.map((talk) => withDetour(talk, detours, draw))];
  };
  return { train: withDetours("train"), dev: withDetours("dev"), test: withDetours("test") };
}

/**
 * The talk with an exchange on another topic before it or, where it has a beginning, after that: what was said there is of no
 * use, and what was said earlier still is. Exchanges of the training part serve all parts.
 */
function withDetour(talk: TalkPair, exchanges: readonly TalkPair[], draw: Draw): TalkPair {
  let other: TalkPair;
  do other = draw.pick(exchanges);
  while (other.topic === talk.topic || other.language !== talk.language);
  const turns = talk.source.split(TURN);
  const last = turns.pop()!;
  const said = [other.source, other.target];
  const isBetween = turns.length > 0 && draw.chance(0.5);
  const source = [...(isBetween ? [...turns, ...said] : [...said, ...turns]), last].join(TURN);
  return { ...talk, source, turnCount: turns.length + 3, detour: isBetween ? "between" : "before" };
}

export function writeSmallTalk(folder: string): Promise<Published> {
  return writeMadeData("small-talk", generateSmallTalk(), published, folder);
}
