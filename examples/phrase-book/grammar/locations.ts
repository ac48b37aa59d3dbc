/** What is where. */
import { pronouns } from "../lexicon/people.js";
import { buildings, cities, countries, type Place, sides } from "../lexicon/places.js";
import { buildingQualities, cityQualities } from "../lexicon/qualities.js";
import { type Noun, things } from "../lexicon/things.js";
import { lexeme, type Phrase } from "../phrase.js";
import { drawDegree } from "./degrees.js";
import { chineseOf, type Draw, type Entry, entry } from "./entry.js";
import { counted, owned } from "./noun-phrases.js";

const surfaces: readonly (readonly [chinese: string, english: string, items: readonly Noun[]])[] = [
  [
    "桌子上",
    "on the table",
    [
      ...things.books,
      ...things.small.slice(0, 5),
      ...things.phones,
      ...things.umbrellas.slice(2),
      ...things.fruit,
      ...things.pens.slice(0, 2),
      ...things.dumplings.slice(0, 2),
    ],
  ],
  [
    "床上",
    "on the bed",
    [
      ...things.tops,
      ...things.skirts,
      ...things.books.slice(0, 3),
      ...things.pets.slice(0, 1),
      ...things.cases.slice(1),
    ],
  ],
  [
    "书包里",
    "in the schoolbag",
    [...things.books, ...things.pens.slice(0, 2), ...things.small.slice(7), ...things.fruit.slice(0, 2)],
  ],
  [
    "房间里",
    "in the room",
    [...things.furniture, ...things.machines.slice(0, 5), ...things.umbrellas.slice(1, 2), ...things.lamps],
  ],
  [
    "冰箱里",
    "in the fridge",
    [
      ...things.fruit,
      ...things.vegetables,
      ...things.coldDrinks.slice(0, 4),
      ...things.dumplings.slice(2, 3),
      ...things.alcohol,
    ],
  ],
  [
    "椅子下面",
    "under the chair",
    [...things.pets.slice(0, 1), ...things.toys.slice(0, 4), ...things.dogs.slice(0, 1), ...things.cases],
  ],
  [
    "树下",
    "under the tree",
    [...things.vehicles.slice(0, 1), ...things.pets, ...things.dogs.slice(0, 1), ...things.horses],
  ],
  [
    "门口",
    "at the door",
    [...things.vehicles, ...things.dogs.slice(0, 1), ...things.cases, ...things.umbrellas.slice(0, 1)],
  ],
  ["动物园里", "in the zoo", [...things.animals, ...things.bigAnimals.slice(0, 2), ...things.horses]],
  [
    "箱子里",
    "in the box",
    [...things.books, ...things.toys, ...things.fruit, ...things.hats, ...things.small.slice(0, 4)],
  ],
];

/** 桌子上有三本书, 桌子上有什么, 我的书包在桌子上, 银行在学校旁边. */
export function* locations(draw: Draw): Generator<Entry> {
  for (const [chinese, english, items] of surfaces) {
    const where = lexeme(chinese, english);
    yield entry(["what is there", "{where} 有 什么/what", "what/what is {where} ?"], [chinese, "有", "什么", ""], {
      where,
    });
    for (const noun of items) {
      const key = [chinese, "有", noun.chinese, ""];
      yield entry(["there is", "{where} 有/be {what}", "there is/be {what} {where} ."], key, {
        where,
        what: counted(noun, 1),
      });
      const parts = { where, what: counted(noun, draw.pick([2, 2, 3, 3, 4, 5, 6, 7, 8])) };
      yield entry(["there are", "{where} 有/be {what}", "there are/be {what} {where} ."], key, parts);
      if (noun.bare === "mass" || /动物园/.test(chinese)) continue;
      const owner = draw.pick(Object.values(pronouns));
      const mine = { where, what: owned(noun, owner) };
      if (/[上里]$/.test(chinese) && !/房间|冰箱/.test(chinese)) {
        yield entry(
          ["is where", "{what} 在 {where}", "{what} is {where} ."],
          [chineseOf(owner.phrase), "在", noun.chinese, chinese],
          mine,
        );
      }
    }
  }
  const side = sides.map(([chinese, english]) => lexeme(chinese, english));
  for (const building of buildings) {
    const parts = (other: Place, position: Phrase) => ({ it: building.name, other: other.name, position });
    for (const position of side) {
      for (const other of draw.sample(
        buildings.filter((each) => each !== building),
        3,
      )) {
        const key = [building.chinese, chineseOf(position), other.chinese, ""];
        yield entry(
          ["building is", "{it} 在/be {other} {position}", "{it} is/be {position} {other} ."],
          key,
          parts(other, position),
        );
      }
    }
    for (const quality of draw.sample(buildingQualities, 6)) {
      const key = [building.chinese, "", chineseOf(quality), ""];
      const described = { it: building.name, quality, degree: drawDegree(draw, quality) };
      yield entry(["is", "{it} {degree} {quality}", "{it} is {degree} {quality} ."], key, described);
      if (draw.chance(0.5)) yield entry(["is asked", "{it} {quality} 吗", "is {it} {quality} ?"], key, described);
    }
  }
  for (const [chinese, english] of [...cities, ...countries]) {
    for (const quality of draw.sample(cityQualities, 5)) {
      if (/热闹|吵/.test(chineseOf(quality)) && countries.some(([country]) => country === chinese)) continue;
      const it = lexeme(chinese, english);
      const key = [chinese, "", chineseOf(quality), ""];
      yield entry(["is", "{it} {degree} {quality}", "{it} is {degree} {quality} ."], key, {
        it,
        quality,
        degree: drawDegree(draw, quality),
      });
      if (draw.chance(0.4)) yield entry(["is asked", "{it} {quality} 吗", "is {it} {quality} ?"], key, { it, quality });
    }
  }
}
