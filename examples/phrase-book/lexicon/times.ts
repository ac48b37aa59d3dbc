/** When: each phrase asks for a tense, some belong to a part of the day, some reach further than days. */
import { lexeme, type Phrase } from "../phrase.js";
import { entries } from "./table.js";

export interface Time {
  readonly phrase: Phrase;
  readonly dayPart: string | undefined;
  /** A day fits everything, a named day of a week not a cup of tea, a month or a year only a journey or a course. */
  readonly reach: "day" | "week" | "long";
}

/** "昨天晚上 last night@evening, 去年 last year@long". */
function times(text: string): Time[] {
  return entries(text).map(([chinese, english]) => {
    const [words, mark] = english.split("@") as [string, string?];
    return {
      phrase: lexeme(chinese, words),
      dayPart: mark === "long" ? undefined : mark,
      reach: mark === "long" ? "long" : /星期|周末/.test(chinese) ? "week" : "day",
    };
  });
}

const weekdays = "一 Monday, 二 Tuesday, 三 Wednesday, 四 Thursday, 五 Friday, 六 Saturday, 天 Sunday";

/** 星期一 "Monday", with words before: 这个星期一 "this Monday". */
function eachWeekday(chinese: string, english: string): string {
  return entries(weekdays)
    .map(([day, name]) => `${chinese}星期${day} ${english} ${name}`)
    .join(", ");
}

export const weekdayNames = entries(weekdays).map(([day, name]) => lexeme(`星期${day}`, name));

export const past = times(
  `昨天 yesterday, 前天 the day before yesterday, 昨天早上 yesterday morning@morning, 今天 today,
  昨天下午 yesterday afternoon@afternoon, 昨天晚上 last night@evening, 今天早上 this morning@morning,
  上个周末 last weekend, 刚才 just now, ${eachWeekday("这个", "this")}, 上个星期 last week@long, 上个月 last month@long,
  去年 last year@long`,
);

export const future = times(
  `明天 tomorrow, 后天 the day after tomorrow, 明天早上 tomorrow morning@morning, 今天 today,
  明天下午 tomorrow afternoon@afternoon, 明天晚上 tomorrow evening@evening, 今天晚上 tonight@evening,
  下个周末 next weekend, 这个周末 this weekend, ${eachWeekday("这个", "this")}, 下个星期 next week@long,
  下个月 next month@long, 明年 next year@long`,
);

export const habitual = times(
  `每天 every day, 每天早上 every morning@morning, 每天下午 every afternoon@afternoon, 每天晚上 every evening@evening,
  每个周末 every weekend, ${eachWeekday("每个", "every")}`,
);

export const months = entries(
  `一月 January, 二月 February, 三月 March, 四月 April, 五月 May, 六月 June, 七月 July, 八月 August, 九月 September,
  十月 October, 十一月 November, 十二月 December`,
);

export const seasons = entries("春天 spring, 夏天 summer, 秋天 autumn, 冬天 winter");

export const days = entries(
  `一号 first, 二号 second, 三号 third, 四号 fourth, 五号 fifth, 六号 sixth, 七号 seventh, 八号 eighth, 九号 ninth,
  十号 tenth`,
);

export const hours = entries(
  `一点 one, 两点 two, 三点 three, 四点 four, 五点 five, 六点 six, 七点 seven, 八点 eight, 九点 nine, 十点 ten,
  十一点 eleven, 十二点 twelve`,
);
