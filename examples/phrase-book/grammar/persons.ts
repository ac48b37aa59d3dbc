/** What people are like, what they are and where they are from. */

import type { Draw } from "../../made-data/draw.js";
import { pluralOf } from "../english.js";
import { asked, family, names, professionWords, pronouns, tellers } from "../lexicon/people.js";
import { cities, nationalities } from "../lexicon/places.js";
import { characters, moods } from "../lexicon/qualities.js";
import { lexeme, type Phrase } from "../phrase.js";
import { drawDegree } from "./degrees.js";
import { chineseOf, does, type Entry, entry, type Template } from "./entry.js";

const is: Template = ["person is", "{who} {degree} {quality}", "{who} (am|is|are) {degree} {quality} ."];
const isNot: Template = ["person is not", "{who} 不/not {quality}", "{who} (am|is|are) not/not {quality} ."];
const isAsked: Template = ["person is asked", "{who} {quality} 吗", "(am|is|are) {who} {quality} ?"];
const isToday: Template = [
  "person is today",
  "{who} 今天/today {degree} {quality}",
  "{who} (am|is|are) {degree} {quality} today/today .",
];
const was: Template = [
  "person was",
  "{who} 昨天/before {degree} {quality}",
  "{who} (was|was|were) {degree} {quality} yesterday/before .",
];
const isMore: Template = [
  "person is more",
  "{who} 比/than {other} {quality}",
  "{who} is {quality:more} than/than {other:object} .",
];
const isAs: Template = [
  "person is as",
  "{who} 跟/as {other} 一样/same {quality}",
  "{who} is as/same {quality} as/as {other:object} .",
];

/** 我很累, 他今天不高兴, 你累吗, 我姐姐比我高. */
export function* qualitiesOfPeople(draw: Draw): Generator<Entry> {
  for (const quality of [...moods, ...characters]) {
    const isMood = moods.includes(quality);
    const deniable = !chineseOf(quality).startsWith("有");
    for (const someone of draw.sample(tellers, 22)) {
      const template = deniable && draw.chance(0.4) ? isNot : is;
      const parts = { quality, degree: drawDegree(draw, quality) };
      yield does(template, someone, "", parts, [quality]);
      if (isMood && draw.chance(0.4)) yield does(isToday, someone, "", parts, [quality]);
      if (isMood && draw.chance(0.2)) yield does(was, someone, "", parts, [quality]);
    }
    for (const someone of draw.sample(asked, 9)) yield does(isAsked, someone, "", { quality }, [quality]);
    if (isMood) continue;
    for (const someone of draw.sample([...family, ...names], 6)) {
      const others = [pronouns.我, pronouns.你, ...names].filter((other) => other !== someone);
      const { phrase: other } = draw.pick(others);
      const template = draw.chance(0.6) ? isMore : isAs;
      yield does(template, someone, "比", { quality, other }, [quality, other]);
    }
  }
}

const isA: Template = ["is a", "{who} 是/be {what}", "{who} (am|is|are)/be {what} ."];
const isNotA: Template = ["is not a", "{who} 不/not 是/be {what}", "{who} (am|is|are)/be not/not {what} ."];
const isAAsked: Template = ["is a asked", "{who} 是/be {what} 吗", "(am|is|are)/be {who} {what} ?"];
const areAll: Template = ["are all", "{who} 都/all 是/be {what}", "{who} (am|is|are)/be all/all {what} ."];

const origins: readonly Phrase[] = [
  ...nationalities.map(([chinese, english]) => lexeme(chinese, english)),
  ...cities.slice(0, 12).map(([chinese, english]) => lexeme(`${chinese}人`, `from ${english}`)),
];

/** 他是医生, 她不是老师, 你爸爸是律师吗, 我是中国人. */
export function* identities(draw: Draw): Generator<Entry> {
  const { 我, 你, 他, 她, 我们, 你们, 他们, 她们 } = pronouns;
  const kin = [...family, ...names];
  const told = [我, 他, 她, ...kin.filter(({ role }) => role !== "listener")];
  const wondered = [你, 他, 她, ...kin.filter(({ role }) => role !== "speaker")];
  for (const [chinese, english] of professionWords) {
    const what = lexeme(chinese, `a ${english}`);
    for (const someone of draw.sample(told, 10)) {
      yield does(draw.chance(0.7) ? isA : isNotA, someone, "是", { what }, [what]);
    }
    for (const someone of draw.sample(wondered, 3)) yield does(isAAsked, someone, "是", { what }, [what]);
    const several = lexeme(chinese, pluralOf(english));
    for (const someone of [我们, 你们, 他们, 她们]) {
      const combination = [chineseOf(someone.phrase), "是", chinese];
      yield entry(areAll, combination, { who: someone.phrase, what: several }, someone.person);
    }
  }
  const isPerson = ({ kind }: { kind: string }) => kind !== "profession";
  for (const what of origins) {
    for (const someone of draw.sample(tellers.filter(isPerson), 8)) yield does(isA, someone, "是", { what }, [what]);
    for (const someone of draw.sample(asked.filter(isPerson), 3)) yield does(isAAsked, someone, "是", { what }, [what]);
  }
}
