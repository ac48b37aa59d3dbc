/** Noun phrases: 一本书 "a book", 这杯茶 "this cup of tea", 我的手机 "my phone". */
import { pluralOf } from "../english.js";
import type { Someone } from "../lexicon/people.js";
import { type Noun, numerals } from "../lexicon/things.js";
import { compose, lexeme, type Phrase } from "../phrase.js";

/** The noun alone. Forms: plain for one event ("a book"), all for the kind ("books"), name for the word ("book"). */
export function bareNoun(noun: Noun): Phrase {
  const { singular, plural, bare } = noun;
  const plain = { one: `a ${singular}`, many: plural, mass: singular, the: `the ${singular}` }[bare];
  const all = { one: plural, many: plural, mass: singular, the: `the ${singular}` }[bare];
  return lexeme(noun.chinese, { plain, all, name: singular, names: plural });
}

/** Whether 一, 两, 这 can stand before it: English has to be able to count it. */
export function isCounted(noun: Noun): boolean {
  return noun.bare !== "mass" || noun.measureEnglish !== undefined;
}

/** A determiner or numeral, the measure word, perhaps a quality, the noun. */
function measured(noun: Noun, first: Phrase, isPlural: boolean, quality?: Phrase): Phrase {
  const { measure, measureEnglish } = noun;
  const colored = quality ? "{quality} 的 " : "";
  const name = lexeme(noun.chinese, { plain: noun.singular, plural: noun.plural });
  if (measureEnglish === undefined) {
    const form = isPlural ? "{noun:plural}" : "{noun}";
    return compose(`{first} ${measure} ${colored}{noun}`, `{first} {quality?} ${form}`, { first, quality, noun: name });
  }
  const unit = lexeme(measure, isPlural ? pluralOf(measureEnglish) : measureEnglish);
  const parts = { first, unit, quality, noun: name };
  return compose(`{first} {unit} ${colored}{noun}`, "{first} {unit} of {quality?} {noun:plural}", parts);
}

/** `count` from 1 to 10. */
export function counted(noun: Noun, count: number, quality?: Phrase): Phrase {
  return measured(noun, lexeme(...numerals[count - 1]!), count > 1, quality);
}

export function pointed(noun: Noun, determiner: "这" | "那", quality?: Phrase): Phrase {
  return measured(noun, lexeme(determiner, determiner === "这" ? "this" : "that"), false, quality);
}

/** 这些书 "these books": only of what English counts without a measure. */
export function severalPointed(noun: Noun, determiner: "这些" | "那些"): Phrase {
  return compose("{first} {noun}", "{first} {noun:names}", {
    first: lexeme(determiner, determiner === "这些" ? "these" : "those"),
    noun: bareNoun(noun),
  });
}

export function owned(noun: Noun, owner: Someone): Phrase {
  return compose("{owner} 的/own {noun}", "{owner:their} {noun:name}", { owner: owner.phrase, noun: bareNoun(noun) });
}
