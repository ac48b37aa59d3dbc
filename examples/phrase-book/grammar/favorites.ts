/** What people love and like best. */
import { asked, family, names, pronouns, type Someone, tellers } from "../lexicon/people.js";
import { cities } from "../lexicon/places.js";
import { colors } from "../lexicon/qualities.js";
import { lexemes } from "../lexicon/table.js";
import { only, things } from "../lexicon/things.js";
import { seasons } from "../lexicon/times.js";
import { lexeme, type Phrase } from "../phrase.js";
import { chineseOf, type Draw, type Entry, entry } from "./entry.js";

const kinds: readonly (readonly [chinese: string, english: string, members: readonly Phrase[]])[] = [
  ["颜色", "color", colors],
  [
    "水果",
    "fruit",
    [...things.fruit, ...only(things.fruitInGeneral, "西瓜 葡萄 草莓 香蕉")].map((noun) =>
      lexeme(noun.chinese, noun.bare === "mass" ? noun.singular : noun.plural),
    ),
  ],
  ["运动", "sport", [...things.balls, ...things.football].map((noun) => lexeme(noun.chinese, noun.singular))],
  ["季节", "season", seasons.map(([chinese, english]) => lexeme(chinese, english))],
  ["城市", "city", cities.map(([chinese, english]) => lexeme(chinese, english))],
  [
    "动物",
    "animal",
    [
      ...things.animals,
      ...things.horses,
      ...things.bigAnimals.slice(0, 2),
      ...things.pets.slice(0, 3),
      ...only(things.dogs, "狗"),
    ].map((noun) => lexeme(noun.chinese, { plain: noun.plural, one: `the ${noun.singular}` })),
  ],
  ["科目", "subject", things.subjects.map((noun) => lexeme(noun.chinese, noun.singular))],
  [
    "饮料",
    "drink",
    [...things.hotDrinks, ...things.coldDrinks]
      .filter(({ chinese }) => !chinese.endsWith("水"))
      .map((noun) => lexeme(noun.chinese, noun.singular)),
  ],
  ["语言", "language", things.languages.map((noun) => lexeme(noun.chinese, noun.singular))],
];

const loved: readonly Phrase[] = [
  ...kinds.slice(1).flatMap(([, , members]) => members),
  ...lexemes(
    "中国 China, 大自然 nature, 孩子 children, 太阳 the sun, 动物 animals, 大海 the sea, 音乐 music, 运动 sports, 电影 movies, 书 books, 咖啡 coffee, 茶 tea, 花 flowers",
  ),
];

/** 我爱音乐, 她不喜欢猫, 我最喜欢的颜色是红色, 你喜欢什么水果. */
export function* favorites(draw: Draw): Generator<Entry> {
  const short = [pronouns.我, pronouns.他, pronouns.她, pronouns.我们, pronouns.他们, pronouns.她们];
  const seen = new Set<string>();
  for (const it of loved) {
    if (seen.has(chineseOf(it))) continue;
    seen.add(chineseOf(it));
    const say = (someone: Someone, pattern: string, chinese: string, english: string) =>
      entry(
        [pattern, chinese, english],
        [chineseOf(someone.phrase), "爱", chineseOf(it), ""],
        { who: someone.phrase, it },
        someone.person,
      );
    for (const someone of draw.sample([...short, ...names, ...family.slice(0, 12)], 5)) {
      yield say(someone, "loves it", "{who} 爱/love {it}", "{who} (love|loves)/love {it} .");
    }
    yield say(pronouns.我, "loves it", "{who} 爱/love {it}", "{who} (love|loves)/love {it} .");
    for (const someone of draw.sample(tellers, 3))
      yield say(someone, "likes it", "{who} 喜欢/like {it}", "{who} (like|likes)/like {it} .");
    for (const someone of draw.sample(tellers, 2)) {
      yield say(someone, "likes it not", "{who} 不/not 喜欢/like {it}", "{who} (don't|doesn't)/not like/like {it} .");
    }
    for (const someone of draw.sample(asked, 2))
      yield say(someone, "likes it asked", "{who} 喜欢/like {it} 吗", "(do|does) {who} like/like {it} ?");
  }
  for (const [chinese, english, members] of kinds) {
    const kind = lexeme(chinese, english);
    for (const it of members) {
      for (const someone of draw.sample(short, members.length > 12 ? 2 : 3)) {
        const key = [chineseOf(someone.phrase), "最喜欢", chinese, chineseOf(it)];
        yield entry(
          [
            "favorite is",
            "{who} 最/favorite 喜欢/favorite 的 {kind} 是/is {it}",
            "{who:their} favorite/favorite {kind} is/is {it:one} .",
          ],
          key,
          { who: someone.phrase, kind, it },
        );
      }
    }
    for (const someone of draw.sample(asked, 10)) {
      const key = [chineseOf(someone.phrase), "喜欢", "什么", chinese];
      const parts = { who: someone.phrase, kind };
      yield entry(
        ["likes what", "{who} 喜欢/like 什么/what {kind}", "what/what {kind} (do|does) {who} like/like ?"],
        key,
        parts,
        someone.person,
      );
      yield entry(
        [
          "likes what most",
          "{who} 最/most 喜欢/like 什么/what {kind}",
          "what/what {kind} (do|does) {who} like/like most/most ?",
        ],
        key,
        parts,
        someone.person,
      );
    }
  }
}
