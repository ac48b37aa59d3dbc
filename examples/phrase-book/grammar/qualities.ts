/** What things are like. */

import type { Draw } from "../../made-data/draw.js";
import { pronouns, tellers } from "../lexicon/people.js";
import { described, pursuitQualities } from "../lexicon/qualities.js";
import { type Noun, only, things } from "../lexicon/things.js";
import { lexeme, type Person, type Phrase } from "../phrase.js";
import { drawDegree, isFault } from "./degrees.js";
import { chineseOf, type Entry, entry, type Template } from "./entry.js";
import { isCounted, owned, pointed, severalPointed } from "./noun-phrases.js";

/** What one points at rather than owns. */
const ownerless: readonly Noun[] = [
  ...things.animals,
  ...only(things.bigAnimals, "大象 狮子"),
  ...things.songs,
  ...things.films,
];

/** 这本书 or 我的书: one thing one can point at, and what its verb agrees with (my shoes are). */
function definite(draw: Draw, noun: Noun): { it: Phrase; person: Person } {
  if (isCounted(noun) && (ownerless.includes(noun) || draw.chance(0.65))) {
    return { it: pointed(noun, draw.pick(["这", "那"] as const)), person: "third" };
  }
  const it = owned(noun, draw.pick(Object.values(pronouns)));
  return { it, person: noun.measureEnglish === "pair" ? "plural" : "third" };
}

const is: Template = ["is", "{it} {degree} {quality}", "{it} (am|is|are) {degree} {quality} ."];
const isNot: Template = ["is not", "{it} 不/not {quality}", "{it} (am|is|are) not/not {quality} ."];
const isAsked: Template = ["is asked", "{it} {quality} 吗", "(am|is|are) {it} {quality} ?"];
const isTooMuch: Template = ["is too", "{it} 太/too {quality} 了", "{it} (am|is|are) too/too {quality} ."];
const areAll: Template = ["are", "{these} 都/all 很/very {quality}", "{these} are all/all very/very {quality} ."];
const isMore: Template = ["is more", "{this} 比/than {that} {quality}", "{this} is {quality:more} than/than {that} ."];
const thinksIs: Template = [
  "thinks",
  "{who} 觉得/think {it} {degree} {quality}",
  "{who} (think|thinks)/think {it} is {degree} {quality} .",
];

/** 有意思 is denied with 没, and 有名 sounds wrong with 不. */
const isDeniable = (quality: Phrase) => !chineseOf(quality).startsWith("有");

/** 这本书很有意思, 这些书都很贵, 这本书贵吗, 这本书比那本书厚. */
export function* qualitiesOfThings(draw: Draw): Generator<Entry> {
  for (const { nouns, qualities } of described) {
    for (const noun of nouns) {
      const isPlain = isCounted(noun) && noun.measureEnglish === undefined;
      for (const quality of draw.sample(qualities, 8)) {
        const { it, person } = definite(draw, noun);
        const degree = drawDegree(draw, quality);
        const templates: readonly (readonly [share: number, template: Template])[] = [
          [0.55, is],
          [isDeniable(quality) ? 0.3 : 0, isNot],
          [0.3, isAsked],
          [isFault(quality) ? 0.2 : 0, isTooMuch],
        ];
        const combination = [noun.chinese, "", chineseOf(quality), ""];
        for (const [share, template] of templates) {
          if (draw.chance(share)) yield entry(template, combination, { it, quality, degree }, person);
        }
        if (!isPlain) continue;
        const these = severalPointed(noun, draw.pick(["这些", "那些"] as const));
        if (draw.chance(0.3)) yield entry(areAll, combination, { these, quality });
        const two = { this: pointed(noun, "这"), that: pointed(noun, "那") };
        if (draw.chance(0.3)) yield entry(isMore, combination, { ...two, quality });
        const { phrase: who, person: thinks } = draw.pick(tellers);
        const thought = [chineseOf(who), "觉得", ...combination];
        if (draw.chance(0.3)) yield entry(thinksIs, thought, { who, it, quality, degree }, thinks);
      }
    }
  }
}

const studyingIs: Template = [
  "studying is",
  "学/study {it} {degree} {quality}",
  "studying/study {it} is {degree} {quality} .",
];

/** 汉语很有意思, 学汉语很难 "Studying Chinese is very difficult." */
export function* pursuits(draw: Draw): Generator<Entry> {
  for (const noun of [...things.languages, ...things.subjects, ...things.arts]) {
    for (const quality of draw.sample(pursuitQualities, 4)) {
      const parts = { it: lexeme(noun.chinese, noun.singular), quality, degree: drawDegree(draw, quality) };
      const combination = [noun.chinese, "", chineseOf(quality), ""];
      yield entry(is, combination, parts);
      if (draw.chance(0.5)) yield entry(isAsked, combination, parts);
      if (draw.chance(0.5)) yield entry(studyingIs, ["学", ...combination], parts);
    }
  }
}
