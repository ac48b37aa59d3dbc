/** How lines are built: the kinds of their words, from left to right. */
import { type Kind, opposite, type Tone } from "./lexicon.js";

export interface Slot {
  readonly kinds: readonly Kind[];
  /** Where the tone turns: `turn` has the other tone than the slot before it, `keep` the same. */
  readonly tone: "turn" | "keep";
}

/** `held` are the two slots whose words are a line's combination. */
export interface Pattern {
  readonly name: string;
  readonly slots: readonly Slot[];
  readonly held: readonly [first: number, second: number];
}

const turn = (...kinds: Kind[]): Slot => ({ kinds, tone: "turn" });
const keep = (...kinds: Kind[]): Slot => ({ kinds, tone: "keep" });

/** 青山迎落日: who, does, to what. */
const scenes: readonly (readonly [subject: Slot, verb: Slot, object: Slot])[] = [
  [turn("lands", "plants", "buildings"), keep("meets"), turn("lights", "airs")],
  [turn("people"), keep("visits"), turn("plants", "lands", "buildings", "sounds")],
  [turn("birds"), keep("nests"), turn("plants", "lands")],
  [turn("birds", "insects"), keep("picks"), turn("plants")],
  [turn("lights", "airs"), keep("touches"), turn("buildings", "lands", "plants")],
];

/** 明月松间照: what, where, does. */
const places: readonly (readonly [subject: Slot, verb: Slot])[] = [
  [turn("lights"), turn("shines")],
  [turn("airs"), turn("drifts")],
  [turn("plants"), turn("blooms")],
  [turn("birds"), turn("flies")],
  [turn("insects"), turn("flits")],
  [turn("beasts"), turn("roams")],
  [turn("people"), turn("rests")],
];

/** 窗前明月光: where, what, and what one sees, hears or smells of it. */
const glimpses: readonly (readonly [subject: Slot, tail: Slot])[] = [
  [turn("lights"), turn("glow")],
  [turn("airs"), turn("noise")],
  [turn("plants"), turn("scent")],
];

/** 花开月落: a character's noun and what it does, twice. */
const halves: readonly (readonly [noun: Slot, verb: Slot])[] = [
  [turn("plant"), keep("blooms", "colours")],
  [turn("light"), keep("shines")],
  [turn("bird"), keep("flies")],
];

export const patterns: readonly Pattern[] = [
  ...scenes.map((scene): Pattern => ({ name: "scene", slots: scene, held: [0, 2] })),
  ...scenes.map((scene): Pattern => ({ name: "scene in time", slots: [turn("whens"), ...scene], held: [1, 3] })),
  ...scenes.map((scene): Pattern => ({ name: "scene in place", slots: [turn("sites"), ...scene], held: [1, 3] })),
  ...places.map(
    ([subject, verb]): Pattern => ({
      name: "place",
      slots: [subject, turn("wheres"), verb],
      held: [0, 1],
    }),
  ),
  ...glimpses.map(
    ([subject, tail]): Pattern => ({
      name: "glimpse",
      slots: [turn("wheres"), subject, tail],
      held: [0, 1],
    }),
  ),
  { name: "manner", slots: [turn("plants"), turn("wheres"), turn("hows"), turn("blooms")], held: [0, 1] },
  { name: "crowd", slots: [turn("birds"), turn("wheres"), turn("crowds"), turn("flies")], held: [0, 1] },
  { name: "two", slots: [turn("lights", "airs", "lands"), turn("lands", "plants", "buildings")], held: [0, 1] },
  ...halves.flatMap((first) =>
    halves
      .filter((second) => second !== first)
      .map((second): Pattern => ({ name: "halves", slots: [...first, ...second], held: [0, 2] })),
  ),
];

/** The tone of each slot's last character, when the first has `tone`. */
export function tonesOf({ slots }: Pattern, tone: Tone): Tone[] {
  let current = tone;
  return slots.map((slot, i) => {
    if (i > 0 && slot.tone === "turn") current = opposite[current];
    return current;
  });
}
