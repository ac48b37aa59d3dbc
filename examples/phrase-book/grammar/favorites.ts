/** What people love and like best. */

import type { Draw } from "../../made-data/draw.js";
import { asked, family, names, pronouns, tellers } from "../lexicon/people.js";
import { cityNames } from "../lexicon/places.js";
import { colors } from "../lexicon/qualities.js";
import { lexemes } from "../lexicon/table.js";
import { type Noun, only, things } from "../lexicon/things.js";
import { seasons } from "../lexicon/times.js";
import { lexeme, type Phrase } from "../phrase.js";
import { does, type Entry, type Template } from "./entry.js";

/** The kind of thing: "apples", "tea"; the form one is "the panda". */
function kindOf(noun: Noun): Phrase {
  return lexeme(noun.chinese, {
    plain: noun.bare === "mass" ? noun.singular : noun.plural,
    one: `the ${noun.singular}`,
  });
}

const animals = lexeme("动物", "animal");

const kinds: readonly (readonly [kind: Phrase, members: readonly Phrase[]])[] = [
  [lexeme("颜色", "color"), colors],
  [lexeme("水果", "fruit"), [...things.fruit, ...only(things.fruitInGeneral, "西瓜 葡萄 草莓 香蕉")].map(kindOf)],
  [lexeme("运动", "sport"), [...things.balls, ...things.football].map(kindOf)],
  [lexeme("季节", "season"), seasons.map(([chinese, english]) => lexeme(chinese, english))],
  [lexeme("城市", "city"), cityNames],
  [
    animals,
    [...things.animals, ...things.horses, ...things.bigAnimals, ...things.pets, ...only(things.dogs, "狗")].map(kindOf),
  ],
  [lexeme("科目", "subject"), things.subjects.map(kindOf)],
  [
    lexeme("饮料", "drink"),
    [...only(things.hotDrinks, "茶 绿茶 红茶 咖啡 豆浆"), ...only(things.coldDrinks, "牛奶 果汁 可乐 酸奶")].map(
      kindOf,
    ),
  ],
  [lexeme("语言", "language"), things.languages.map(kindOf)],
];

const loved: readonly Phrase[] = [
  ...kinds.slice(1).flatMap(([, members]) => members),
  ...lexemes(
    `中国 China, 大自然 nature, 孩子 children, 太阳 the sun, 动物 animals, 大海 the sea, 运动 sports, 电影 movies,
    书 books, 花 flowers`,
  ),
];

const lovesIt: Template = ["loves it", "{who} 爱/love {it}", "{who} (love|loves)/love {it} ."];
const likesIt: Template = ["likes it", "{who} 喜欢/like {it}", "{who} (like|likes)/like {it} ."];
const likesItNot: Template = [
  "likes it not",
  "{who} 不/not 喜欢/like {it}",
  "{who} (don't|doesn't)/not like/like {it} .",
];
const likesItAsked: Template = ["likes it asked", "{who} 喜欢/like {it} 吗", "(do|does) {who} like/like {it} ?"];
const favoriteIs: Template = [
  "favorite is",
  "{who} 最/favorite 喜欢/favorite 的 {kind} 是/is {it}",
  "{who:their} favorite/favorite {kind} is/is {it} .",
];
const favoriteAnimalIs: Template = [favoriteIs[0], favoriteIs[1], favoriteIs[2].replace("{it}", "{it:one}")];
const likesWhat: readonly Template[] = [
  ["likes what", "{who} 喜欢/like 什么/what {kind}", "what/what {kind} (do|does) {who} like/like ?"],
  [
    "likes what most",
    "{who} 最/most 喜欢/like 什么/what {kind}",
    "what/what {kind} (do|does) {who} like/like most/most ?",
  ],
];

/** 我爱音乐, 她不喜欢猫, 我最喜欢的颜色是红色, 你喜欢什么水果. */
export function* favorites(draw: Draw): Generator<Entry> {
  const { 我, ...others } = pronouns;
  const speakers = [我, ...Object.values(others).filter(({ role }) => role !== "listener")];
  const closest = [...speakers.slice(1), ...names, ...family.slice(0, 12)];
  for (const it of loved) {
    for (const someone of [我, ...draw.sample(closest, 5)]) yield does(lovesIt, someone, "爱", { it }, [it]);
    for (const someone of draw.sample(tellers, 3)) yield does(likesIt, someone, "爱", { it }, [it]);
    for (const someone of draw.sample(tellers, 2)) yield does(likesItNot, someone, "爱", { it }, [it]);
    for (const someone of draw.sample(asked, 2)) yield does(likesItAsked, someone, "爱", { it }, [it]);
  }
  for (const [kind, members] of kinds) {
    const template = kind === animals ? favoriteAnimalIs : favoriteIs;
    for (const it of members) {
      for (const someone of draw.sample(speakers, members.length > 12 ? 2 : 3)) {
        yield does(template, someone, "最喜欢", { kind, it }, [it]);
      }
    }
    for (const someone of draw.sample(asked, 10)) {
      for (const each of likesWhat) yield does(each, someone, "喜欢什么", { kind }, [kind]);
    }
  }
}
