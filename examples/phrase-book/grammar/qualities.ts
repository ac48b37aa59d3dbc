/** What things are like. */
import { pronouns, tellers } from "../lexicon/people.js";
import { described, pursuitQualities } from "../lexicon/qualities.js";
import { type Noun, things } from "../lexicon/things.js";
import { lexeme, type Person, type Phrase } from "../phrase.js";
import { drawDegree, isFault } from "./degrees.js";
import { chineseOf, type Draw, type Entry, entry } from "./entry.js";
import { isCounted, owned, pointed, severalPointed } from "./noun-phrases.js";

const wild: readonly Noun[] = [...things.animals, ...things.bigAnimals.slice(0, 2)];

/** 这本书 or 我的书: one thing one can point at, and what its verb agrees with (my shoes are). */
function definite(draw: Draw, noun: Noun): { it: Phrase; person: Person } {
  if (!isCounted(noun) || (!wild.includes(noun) && draw.chance(0.35))) {
    return {
      it: owned(noun, draw.pick(Object.values(pronouns))),
      person: noun.measureEnglish === "pair" ? "plural" : "third",
    };
  }
  return { it: pointed(noun, draw.pick(["这", "那"] as const)), person: "third" };
}

/** 这本书很有意思, 这些书都很贵, 这本书有意思吗, 这本书比那本书有意思. */
export function* qualitiesOfThings(draw: Draw): Generator<Entry> {
  for (const { nouns, qualities } of described) {
    for (const noun of nouns) {
      for (const quality of draw.sample(qualities, 8)) {
        const key = [noun.chinese, "", chineseOf(quality), ""];
        const { it, person } = definite(draw, noun);
        const parts = { it, quality, degree: drawDegree(draw, quality) };
        const [told, denied, question, exclaimed] = [0.55, 0.3, 0.3, 0.2].map((share) => draw.chance(share));
        const say = (name: string, chinese: string, english: string) =>
          entry([name, chinese, english], key, parts, person);
        if (told) yield say("is", "{it} {degree} {quality}", "{it} (am|is|are) {degree} {quality} .");
        if (denied && !chineseOf(quality).startsWith("有")) {
          yield say("is not", "{it} 不/not {quality}", "{it} (am|is|are) not/not {quality} .");
        }
        if (question) yield say("is asked", "{it} {quality} 吗", "(am|is|are) {it} {quality} ?");
        if (exclaimed && isFault(quality))
          yield say("is too", "{it} 太/too {quality} 了", "{it} (am|is|are) too/too {quality} .");
        if (isCounted(noun) && noun.measureEnglish === undefined) {
          const these = { it: severalPointed(noun, draw.pick(["这些", "那些"] as const)), quality };
          if (draw.chance(0.3))
            yield entry(["are", "{it} 都/all 很/very {quality}", "{it} are all/all very/very {quality} ."], key, these);
          const two = { one: pointed(noun, "这"), other: pointed(noun, "那"), quality };
          if (draw.chance(0.3))
            yield entry(
              ["is more", "{one} 比/than {other} {quality}", "{one} is {quality:more} than/than {other} ."],
              key,
              two,
            );
          const thinker = draw.pick(tellers);
          if (draw.chance(0.3)) {
            yield entry(
              [
                "thinks",
                "{who} 觉得/think {it} {degree} {quality}",
                `{who} (think|thinks)/think {it} ${person === "plural" ? "are" : "is"} {degree} {quality} .`,
              ],
              [chineseOf(thinker.phrase), "觉得", ...key],
              { ...parts, who: thinker.phrase },
              thinker.person,
            );
          }
        }
      }
    }
  }
}

/** 学汉语很难 "studying Chinese is very difficult". */
export function* pursuits(draw: Draw): Generator<Entry> {
  for (const noun of [...things.languages, ...things.subjects, ...things.arts]) {
    for (const quality of draw.sample(pursuitQualities, 4)) {
      const parts = { what: lexeme(noun.chinese, noun.singular), quality, degree: drawDegree(draw, quality) };
      const key = [noun.chinese, "", chineseOf(quality), ""];
      yield entry(["pursuit is", "{what} {degree} {quality}", "{what} is {degree} {quality} ."], key, parts);
      if (draw.chance(0.5))
        yield entry(["pursuit is asked", "{what} {quality} 吗", "is {what} {quality} ?"], key, parts);
      if (draw.chance(0.5)) {
        yield entry(
          ["doing is", "学/learn {what} {degree} {quality}", "studying/learn {what} is {degree} {quality} ."],
          ["学", ...key],
          parts,
        );
      }
    }
  }
}
