/** Days, birthdays and ages. */

import type { Draw } from "../../made-data/draw.js";
import { asked, family, names, pronouns, tellers } from "../lexicon/people.js";
import { lexemes } from "../lexicon/table.js";
import { days, months, weekdayNames } from "../lexicon/times.js";
import { lexeme, type Phrase } from "../phrase.js";
import { about, chineseOf, does, type Entry, type Template } from "./entry.js";

const whatDay: readonly Template[] = [
  ["what day", "{it} 星期/day 几/what", "what/what day/day is {it} ?"],
  ["what day", "{it} 是/is 星期/day 几/what", "what/what day/day is/is {it} ?"],
];
const dayIs: readonly Template[] = [
  ["day is", "{it} {day}", "{it} is {day} ."],
  ["day is", "{it} 是/is {day}", "{it} is/is {day} ."],
  ["day is asked", "{it} 是/is {day} 吗", "is/is {it} {day} ?"],
  ["day is not", "{it} 不/not 是/is {day}", "{it} is/is not/not {day} ."],
];
const dateIs: Template = ["date is", "{it} 是/is {month} {day}", "{it} is/is {month} {day} ."];
const birthdayIs: Template = [
  "birthday is",
  "{who} 的/own 生日/birthday 是/is {month} {day}",
  "{who:their} birthday/birthday is/is {month} {day} .",
];
const isBorn: Template = ["is born", "{who} 是 {month} {day} 出生/born 的", "{who} was born/born on {month} {day} ."];
const howOld: Template = ["how old", "{who} 多大/old 了", "how/old old/old (am|is|are) {who} ?"];
const isOld: Template = ["is old", "{who} 今年 {age} 岁/years", "{who} (am|is|are) {age} years/years old/years ."];

const generations: readonly (readonly [people: RegExp, ages: readonly Phrase[]])[] = [
  [/[爷奶]/, lexemes("六十 sixty, 七十 seventy, 八十 eighty")],
  [/爸爸|妈妈|叔叔|阿姨/, lexemes("三十 thirty, 四十 forty, 五十 fifty")],
  [/[哥姐]/, lexemes("十六 sixteen, 十八 eighteen, 二十 twenty")],
  [/[弟妹]|儿子|女儿/, lexemes("五 five, 六 six, 八 eight, 十 ten, 十二 twelve, 十五 fifteen")],
];

const { 我, 他, 她 } = pronouns;

/** 今天星期几, 明天是星期一, 我的生日是五月三号, 她今年十二岁. */
export function* calendar(draw: Draw): Generator<Entry> {
  for (const it of lexemes("今天 today, 明天 tomorrow, 后天 the day after tomorrow")) {
    for (const template of whatDay) yield about(template, it);
    for (const day of weekdayNames) for (const template of dayIs) yield about(template, it, { day });
  }
  const relatives = family.filter(({ role }) => role !== "listener");
  for (const month of months.map(([chinese, english]) => lexeme(chinese, english))) {
    for (const day of days.map(([chinese, english]) => lexeme(chinese, english))) {
      const date = { month, day };
      if (draw.chance(0.5)) yield about(dateIs, lexeme("今天", "today"), date);
      yield does(birthdayIs, draw.pick([我, 他, 她]), "生日", date, [month, day]);
      if (draw.chance(0.35)) yield does(isBorn, draw.pick(relatives), "出生", date, [month, day]);
    }
  }
  const anyone = asked.filter(({ kind, person }) => /family|friend|name/.test(kind) || person === "third");
  for (const someone of draw.sample(anyone, 40)) yield does(howOld, someone, "多大");
  for (const [people, ages] of generations) {
    const members = tellers.filter(({ kind, phrase }) => kind === "family" && people.test(chineseOf(phrase)));
    for (const age of ages) {
      for (const someone of draw.sample([...members, 我, 他, 她, ...names], 7)) {
        yield does(isOld, someone, "岁", { age }, [age]);
      }
    }
  }
}
