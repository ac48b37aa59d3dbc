/** Pains and illnesses. */

import type { Draw } from "../../made-data/draw.js";
import { asked, family, friends, names, pronouns, tellers } from "../lexicon/people.js";
import { lexemes } from "../lexicon/table.js";
import { lexeme } from "../phrase.js";
import { does, type Entry, type Template } from "./entry.js";

const body = lexemes(
  "头 head, 肚子 stomach, 牙 tooth, 腿 leg, 脚 foot, 耳朵 ear, 手 hand, 背 back, 脖子 neck, 膝盖 knee, 嗓子 throat",
);
const hurts: readonly Template[] = [
  ["hurts", "{who} 的/own {it} 很/badly 疼/hurt", "{who:their} {it} hurts/hurt badly/badly ."],
  [
    "hurts today",
    "{who} 的/own {it} 今天/today 很/badly 疼/hurt",
    "{who:their} {it} hurts/hurt badly/badly today/today .",
  ],
  ["hurts not", "{who} 的/own {it} 不/not 疼/hurt", "{who:their} {it} doesn't/not hurt/hurt ."],
];
const hurtsAsked: Template = ["hurts asked", "{who} 的/own {it} 疼/hurt 吗", "does {who:their} {it} hurt/hurt ?"];

const { 我, 你, 他, 她 } = pronouns;

/** 我的头很疼 "My head hurts badly." */
function* pains(): Generator<Entry> {
  for (const it of body) {
    for (const someone of [我, 他, 她]) for (const template of hurts) yield does(template, someone, "疼", { it }, [it]);
    for (const someone of [你, 他, 她]) yield does(hurtsAsked, someone, "疼", { it }, [it]);
  }
}

const ailments = [lexeme("感冒", "a cold"), lexeme("发烧", "a fever"), lexeme("咳嗽", "a cough")];
const hasAilment: Template = ["has ailment", "{who} {it} 了", "{who} (have|has) {it} ."];
const hadAilment: Template = ["had ailment", "{who} 昨天/before {it} 了", "{who} had {it} yesterday/before ."];
const hasAilmentAsked: Template = ["has ailment asked", "{who} {it} 了 吗", "(do|does) {who} have {it} ?"];

const ill: readonly Template[] = [
  ["is ill", "{who} 生病/sick 了", "{who} (am|is|are) sick/sick ."],
  ["feels ill", "{who} 今天/today 不/not 舒服/well", "{who} (don't|doesn't)/not feel/well well/well today/today ."],
  [
    "must see doctor",
    "{who} 应该/should 去/go 看/see 医生/doctor",
    "{who} should/should go/go see/see a doctor/doctor .",
  ],
  [
    "takes medicine",
    "{who} 每天/every 都 要/must 吃/take 药/medicine",
    "{who} must/must take/take medicine/medicine every/every day/every .",
  ],
];

/** 我的头很疼, 他感冒了, 她今天不舒服. */
export function* health(draw: Draw): Generator<Entry> {
  yield* pains();
  for (const it of ailments) {
    for (const someone of draw.sample(tellers, 26)) yield does(hasAilment, someone, "病", { it }, [it]);
    for (const someone of draw.sample(tellers, 10)) yield does(hadAilment, someone, "病", { it }, [it]);
    for (const someone of draw.sample(asked, 12)) yield does(hasAilmentAsked, someone, "病", { it }, [it]);
  }
  const close = [...family, ...friends, ...Object.values(pronouns), ...names].filter(({ role }) => role !== "listener");
  for (const someone of draw.sample(close, 45)) for (const template of ill) yield does(template, someone, "生病");
}
