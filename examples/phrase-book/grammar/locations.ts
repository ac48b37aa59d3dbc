/** What is where, and what places are like. */

import type { Draw } from "../../made-data/draw.js";
import { pronouns } from "../lexicon/people.js";
import { buildings, cityNames, countryNames, sides } from "../lexicon/places.js";
import { buildingQualities, cityQualities } from "../lexicon/qualities.js";
import { type Noun, only, things } from "../lexicon/things.js";
import { lexeme, type Phrase } from "../phrase.js";
import { drawDegree } from "./degrees.js";
import { chineseOf, type Entry, entry, type Template } from "./entry.js";
import { counted, owned } from "./noun-phrases.js";

const { books, small, phones, umbrellas, fruit, pens, dumplings, tops, skirts, pets, cases, furniture, machines } =
  things;
const { lamps, vegetables, coldDrinks, alcohol, toys, dogs, vehicles, horses, animals, bigAnimals, hats } = things;

const spots: readonly (readonly [chinese: string, english: string, items: readonly (readonly Noun[])[]])[] = [
  [
    "桌子上",
    "on the table",
    [books, small.slice(0, 5), phones, umbrellas.slice(2), fruit, pens.slice(0, 2), dumplings.slice(0, 2)],
  ],
  ["床上", "on the bed", [tops, skirts, books.slice(0, 3), only(pets, "猫"), cases.slice(1)]],
  ["书包里", "in the schoolbag", [books, pens.slice(0, 2), small.slice(7), fruit.slice(0, 2)]],
  ["房间里", "in the room", [furniture, machines.slice(0, 5), only(umbrellas, "椅子"), lamps]],
  ["冰箱里", "in the fridge", [fruit, vegetables, coldDrinks.slice(0, 4), only(dumplings, "鸡蛋"), alcohol]],
  ["椅子下面", "under the chair", [only(pets, "猫"), toys.slice(0, 4), only(dogs, "狗"), cases]],
  ["树下", "under the tree", [only(vehicles, "自行车"), pets, only(dogs, "狗"), horses]],
  ["门口", "at the door", [vehicles, only(dogs, "狗"), cases, only(umbrellas, "雨伞")]],
  ["动物园里", "in the zoo", [animals, bigAnimals.slice(0, 2), horses]],
  ["箱子里", "in the box", [books, toys, fruit, hats, small.slice(0, 4)]],
];
/** Where one's own things lie. */
const ownSpots = /^(?:桌子上|床上|书包里|箱子里)$/;

const whatIsThere: Template = ["what is there", "{where} 有 什么/what", "what/what is {where} ?"];
const thereIs: Template = ["there is", "{where} 有/be {what}", "there is/be {what} {where} ."];
const thereAre: Template = ["there are", "{where} 有/be {what}", "there are/be {what} {where} ."];
const isThere: Template = ["is where", "{what} 在 {where}", "{what} is {where} ."];

/** 桌子上有三本书, 桌子上有什么, 我的书包在桌子上. */
function* smallThings(draw: Draw): Generator<Entry> {
  for (const [chinese, english, items] of spots) {
    const where = lexeme(chinese, english);
    yield entry(whatIsThere, [chinese, "有", "什么", ""], { where });
    for (const noun of items.flat()) {
      const combination = [chinese, "有", noun.chinese, ""];
      const count = draw.pick([2, 2, 3, 3, 4, 5, 6, 7, 8]);
      yield entry(thereIs, combination, { where, what: counted(noun, 1) });
      yield entry(thereAre, combination, { where, what: counted(noun, count) });
      if (noun.bare === "mass" || !ownSpots.test(chinese)) continue;
      const owner = draw.pick(Object.values(pronouns));
      const own = [chineseOf(owner.phrase), "在", noun.chinese, chinese];
      yield entry(isThere, own, { where, what: owned(noun, owner) });
    }
  }
}

const buildingIs: Template = ["building is", "{it} 在/be {other} {side}", "{it} is/be {side} {other} ."];
const placeIs: Template = ["place is", "{it} {degree} {quality}", "{it} is {degree} {quality} ."];
const placeIsAsked: Template = ["place is asked", "{it} {quality} 吗", "is {it} {quality} ?"];

function* qualitiesOf(draw: Draw, it: Phrase, qualities: readonly Phrase[]): Generator<Entry> {
  for (const quality of qualities) {
    const combination = [chineseOf(it), "", chineseOf(quality), ""];
    yield entry(placeIs, combination, { it, quality, degree: drawDegree(draw, quality) });
    if (draw.chance(0.45)) yield entry(placeIsAsked, combination, { it, quality });
  }
}

/** 桌子上有三本书, 银行在学校旁边, 上海很漂亮. */
export function* locations(draw: Draw): Generator<Entry> {
  yield* smallThings(draw);
  for (const { name: it } of buildings) {
    for (const side of sides.map(([chinese, english]) => lexeme(chinese, english))) {
      const others = buildings.filter(({ name }) => name !== it);
      for (const { name: other } of draw.sample(others, 3)) {
        yield entry(buildingIs, [it, side, other].map(chineseOf), { it, side, other });
      }
    }
    yield* qualitiesOf(draw, it, draw.sample(buildingQualities, 6));
  }
  for (const it of cityNames) yield* qualitiesOf(draw, it, draw.sample(cityQualities, 5));
  const ofCountries = cityQualities.filter((quality) => !/热闹|吵/.test(chineseOf(quality)));
  for (const it of countryNames) yield* qualitiesOf(draw, it, draw.sample(ofCountries, 4));
}
