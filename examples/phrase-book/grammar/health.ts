/** Pains and illnesses. */
import { asked, family, friends, names, pronouns, tellers } from "../lexicon/people.js";
import { lexemes } from "../lexicon/table.js";
import { lexeme } from "../phrase.js";
import { chineseOf, type Draw, does, type Entry, entry } from "./entry.js";

/** 我头疼 "my head hurts", 他感冒了 "he has a cold". */
export function* health(draw: Draw): Generator<Entry> {
  const parts = lexemes(
    "头 head, 肚子 stomach, 牙 tooth, 腿 leg, 脚 foot, 耳朵 ear, 手 hand, 背 back, 脖子 neck, 膝盖 knee, 嗓子 throat",
  );
  const again = Object.values(pronouns).filter(
    ({ person, phrase }) => person !== "plural" || phrase === pronouns.你.phrase,
  );
  const today = lexeme("今天", "today");
  for (const it of parts) {
    for (const someone of again.filter(({ role }) => role !== "listener")) {
      const key = [chineseOf(someone.phrase), "疼", chineseOf(it), ""];
      const filled = { who: someone.phrase, it, today };
      yield entry(
        ["hurts", "{who} 的/own {it} 很/badly 疼/hurt", "{who:their} {it} hurts/hurt badly/badly ."],
        key,
        filled,
      );
      yield entry(
        [
          "hurts today",
          "{who} 的/own {it} {today} 很/badly 疼/hurt",
          "{who:their} {it} hurts/hurt badly/badly {today} .",
        ],
        key,
        filled,
      );
      yield entry(
        ["hurts not", "{who} 的/own {it} 不/not 疼/hurt", "{who:their} {it} doesn't/not hurt/hurt ."],
        key,
        filled,
      );
    }
    for (const someone of again.filter(({ role }) => role !== "speaker")) {
      const key = [chineseOf(someone.phrase), "疼", chineseOf(it), ""];
      yield entry(["hurts asked", "{who} 的/own {it} 疼/hurt 吗", "does {who:their} {it} hurt/hurt ?"], key, {
        who: someone.phrase,
        it,
      });
    }
  }
  const ailments: readonly (readonly [chinese: string, noun: string])[] = [
    ["感冒", "a cold"],
    ["发烧", "a fever"],
    ["咳嗽", "a cough"],
  ];
  for (const [chinese, noun] of ailments) {
    const it = lexeme(chinese, noun);
    for (const someone of draw.sample(tellers, 26)) {
      yield does(["has ailment", "{who} {it} 了", "{who} (have|has) {it} ."], someone, chinese, { it }, []);
      if (draw.chance(0.4))
        yield does(
          ["had ailment", "{who} 昨天/then {it} 了", "{who} had {it} yesterday/then ."],
          someone,
          chinese,
          { it },
          [],
        );
    }
    for (const someone of draw.sample(asked, 12)) {
      yield does(
        ["has ailment asked", "{who} {it} 了 吗", "(do|does) {who} have {it} ?"],
        someone,
        chinese,
        { it },
        [],
      );
    }
  }
  for (const someone of draw.sample([...family, ...friends, ...Object.values(pronouns), ...names], 60)) {
    if (someone.role !== "listener") {
      yield does(["is ill", "{who} 生病/sick 了", "{who} (am|is|are) sick/sick ."], someone, "生病", {}, []);
      yield does(
        [
          "feels ill",
          "{who} 今天/today 不/not 舒服/well",
          "{who} (don't|doesn't)/not feel/well well/well today/today .",
        ],
        someone,
        "不舒服",
        {},
        [],
      );
      yield does(
        [
          "must see doctor",
          "{who} 应该/should 去/go 看/see 医生/doctor",
          "{who} should/should go/go see/see a doctor/doctor .",
        ],
        someone,
        "看医生",
        {},
        [],
      );
      yield does(
        [
          "takes medicine",
          "{who} 每天/every 都 要/must 吃/take 药/medicine",
          "{who} must/must take/take medicine/medicine every/every day/every .",
        ],
        someone,
        "吃药",
        {},
        [],
      );
    }
  }
}
