/** The clock and the calendar. */
import { verbForms } from "../english.js";
import { asked, family, names, pronouns, type Someone, tellers } from "../lexicon/people.js";
import { cityNames, countryNames } from "../lexicon/places.js";
import { lexemes } from "../lexicon/table.js";
import * as times from "../lexicon/times.js";
import { lexeme, type Phrase } from "../phrase.js";
import { about, chineseOf, type Draw, does, type Entry, entry } from "./entry.js";

/** 现在几点了, 几点了, 北京现在几点, 现在三点半, 她每天早上七点起床. */
export function* clock(draw: Draw): Generator<Entry> {
  const fixed = (chinese: string, english: string) =>
    entry("what time", ["几点", chinese.replaceAll(/\/\w+| /g, "")], [chinese, english]);
  const ask = "what/time time/time";
  yield fixed("现在/now 几点/time 了", `${ask} is it now/now ?`);
  yield fixed("现在/now 几点/time", `${ask} is it now/now ?`);
  yield fixed("几点/time 了", `${ask} is it ?`);
  yield fixed("请问/excuse 几点/time 了", `excuse/excuse me/excuse , ${ask} is it ?`);
  yield fixed("请问/excuse 现在/now 几点/time", `excuse/excuse me/excuse , ${ask} is it now/now ?`);
  for (const it of [...cityNames, ...countryNames]) {
    const where = `${ask} is it in {it} now/now ?`;
    yield about("what time in", it, "{it} 现在/now 几点/time 了", where);
    yield about("what time in", it, "{it} 现在/now 几点/time", where);
    yield about(["what time in", "{it} 几点/time 了", `${ask} is it in {it} ?`], it);
  }
  const halves = times.hours.map(([chinese, english]) => lexeme(`${chinese}半`, `half past ${english}`));
  const full = times.hours.map(([chinese, english]) => lexeme(chinese, `${english} o'clock`));
  for (const it of [...full, ...halves]) {
    yield about(["time is", "现在/now {it}", "it is {it} now/now ."], it);
    yield about(["time is", "现在/now {it} 了", "it is {it} now/now ."], it);
    yield about(["time is", "已经/already {it} 了", "it is already/already {it} ."], it);
    yield about(["time is", "现在/now 是 {it} 吗", "is it {it} now/now ?"], it);
    for (const city of draw.sample(cityNames, 4)) {
      yield about(["time is in", "{it} 现在/now {time}", "it is {time} in {it} now/now ."], city, { time: it });
    }
  }
  // A day of the week before the hour would read as 三四点, "three or four o'clock".
  const everyDay = lexemes("每天 every day, 每个周末 every weekend");
  for (const { verb, what, hours } of routine) {
    const chinese = chineseOf(verb) + (what ? chineseOf(what) : "");
    const parts = { do: verb, what };
    const doers = (all: readonly Someone[]) => all.filter(({ kind }) => !/上/.test(chinese) || kind !== "profession");
    for (const someone of draw.sample(doers(asked), 10)) {
      const say = (name: string, [source, target]: [string, string]) =>
        does(name, someone, chinese, [source, target], parts, []);
      yield say("what time does", [
        "{who} 每天/every 几点/time {do} {what?}",
        `${ask} (do|does) {who} {do} {what?} every/every day/every ?`,
      ]);
      yield say("what time did", [
        "{who} 昨天/then 几点/time {do} {what?}",
        `${ask} did {who} {do} {what?} yesterday/then ?`,
      ]);
    }
    for (const someone of draw.sample(doers(tellers), 18)) {
      const hour = draw.pick([...full, ...halves].filter((each) => hours.test(chineseOf(each))));
      const day = draw.pick(everyDay);
      const filled = { ...parts, hour, day };
      yield draw.chance(0.5)
        ? does(
            ["at o'clock", "{who} {day} {hour} {do} {what?}", "{who} {do:present} {what?} at {hour} {day} ."],
            someone,
            chinese,
            filled,
            [hour],
          )
        : does(
            [
              "at o'clock usually",
              "{who} 通常/usually {hour} {do} {what?}",
              "{who} usually/usually {do:present} {what?} at {hour} .",
            ],
            someone,
            chinese,
            filled,
            [hour],
          );
    }
  }
}

/** What has its hour, and the hours it may have. */
const routine: readonly { verb: Phrase; what: Phrase | undefined; hours: RegExp }[] = (
  [
    ["起床", "get up", /^[五六七]/],
    ["睡觉", "go to bed", /^[九十]/],
    ["上班", "go to work", /^[七八九]/],
    ["下班", "get off work", /^[四五六]/],
    ["上课", "have class", /^[两八九]/],
    ["回家", "go home", /^[五六七]/],
    ["出门", "leave home", /^[六七八]/],
    ["吃", "eat", /^[六七八]/, "早饭 breakfast"],
    ["吃", "eat", /^[五六七]/, "晚饭 dinner"],
    ["吃", "eat", /^十[一二]/, "午饭 lunch"],
  ] as const
).map(([chinese, english, hours, meal]) => ({
  verb: lexeme(chinese, verbForms(english)),
  what: meal ? lexemes(meal)[0] : undefined,
  hours,
}));

/** 今天星期几, 明天是星期一, 我的生日是五月三号. */
export function* calendar(draw: Draw): Generator<Entry> {
  const daysFromNow = lexemes("今天 today, 明天 tomorrow, 后天 the day after tomorrow");
  for (const it of daysFromNow) {
    yield about(["what day", "{it} 星期/day 几/what", "what/what day/day is {it} ?"], it);
    yield about(["what day", "{it} 是/is 星期/day 几/what", "what/what day/day is/is {it} ?"], it);
    for (const day of times.weekdayNames) {
      yield about(["day is", "{it} {day}", "{it} is {day} ."], it, { day });
      yield about(["day is", "{it} 是/is {day}", "{it} is/is {day} ."], it, { day });
      yield about(["day is asked", "{it} 是/is {day} 吗", "is/is {it} {day} ?"], it, { day });
      yield about(["day is not", "{it} 不/not 是/is {day}", "{it} is/is not/not {day} ."], it, { day });
    }
  }
  for (const [month, monthEnglish] of times.months) {
    for (const [day, dayEnglish] of times.days) {
      const date = { month: lexeme(month, monthEnglish), day: lexeme(day, dayEnglish) };
      if (draw.chance(0.5))
        yield about(
          ["date is", "{it} 是/is {month} {day}", "{it} is/is {month} {day} ."],
          lexeme("今天", "today"),
          date,
        );
      for (const someone of draw.sample([pronouns.我, pronouns.他, pronouns.她], 1)) {
        const key = [chineseOf(someone.phrase), "生日", month, day];
        const parts = { who: someone.phrase, ...date };
        yield entry(
          [
            "birthday is",
            "{who} 的/own 生日/birthday 是/is {month} {day}",
            "{who:their} birthday/birthday is/is {month} {day} .",
          ],
          key,
          parts,
        );
      }
      if (draw.chance(0.35)) {
        const child = draw.pick([...family.filter(({ role }) => role !== "listener")]);
        const key = [chineseOf(child.phrase), "出生", month, day];
        const parts = { who: child.phrase, ...date };
        yield entry(
          ["is born", "{who} 是 {month} {day} 出生/born 的", "{who} was born/born on {month} {day} ."],
          key,
          parts,
        );
      }
    }
  }
  for (const someone of asked.filter(
    ({ owner, person, kind }) => owner || (kind === "pronoun" && person === "third"),
  )) {
    if (draw.chance(0.6))
      yield does(["how old", "{who} 多大/old 了", "how/old old/old (am|is|are) {who} ?"], someone, "多大", {}, []);
  }
  for (const [people, ages] of generations) {
    const members = tellers.filter(({ kind, phrase }) => kind === "family" && people.test(chineseOf(phrase)));
    for (const age of ages) {
      for (const someone of draw.sample([...members, pronouns.我, pronouns.他, pronouns.她, ...names], 7)) {
        yield does(
          ["is old", "{who} 今年 {age} 岁/years", "{who} (am|is|are) {age} years/years old/years ."],
          someone,
          "岁",
          { age },
          [age],
        );
      }
    }
  }
}

const generations: readonly (readonly [people: RegExp, ages: readonly Phrase[]])[] = [
  [/[爷奶]/, lexemes("六十 sixty, 七十 seventy, 八十 eighty")],
  [/爸爸|妈妈|叔叔|阿姨/, lexemes("三十 thirty, 四十 forty, 五十 fifty")],
  [/[哥姐]/, lexemes("十六 sixteen, 十八 eighteen, 二十 twenty")],
  [/[弟妹]|儿子|女儿/, lexemes("五 five, 六 six, 八 eight, 十 ten, 十二 twelve, 十五 fifteen")],
];
