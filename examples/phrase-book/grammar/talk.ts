/** Greetings and requests. */

import type { Draw } from "../../made-data/draw.js";
import { activities } from "../lexicon/activities.js";
import { names, pronouns } from "../lexicon/people.js";
import { place } from "../lexicon/places.js";
import { lexemes } from "../lexicon/table.js";
import { compose, type Phrase } from "../phrase.js";
import { phrasesOf } from "./actions.js";
import { about, chineseOf, type Entry, entry, type Template } from "./entry.js";

const polite = lexemes(
  `你好 hello, 再见 goodbye, 谢谢 thank you, 早上好 good morning, 晚上好 good evening, 下午好 good afternoon,
  晚安 good night, 对不起 sorry, 生日快乐 happy birthday, 新年快乐 happy New Year, 明天见 see you tomorrow,
  周末愉快 have a nice weekend, 没关系 never mind, 不客气 you are welcome, 辛苦了 thanks for your hard work`,
);
/** Who is called: 老师，… */
export const called = [
  ...names.map(({ phrase }) => phrase),
  ...lexemes(
    `老师 teacher, 医生 doctor, 教练 coach, 教授 professor, 校长 principal, 爷爷 Grandpa, 奶奶 Grandma, 爸爸 Dad,
    妈妈 Mom`,
  ),
];
const received = lexemes(
  `帮助 help, 礼物 gift, 信 letter, 花 flowers, 晚饭 dinner, 照片 photo, 建议 advice, 电话 call, 时间 time,
  咖啡 coffee`,
);
const greeting: Template = ["greeting", "{it}", "{it} ."];
const greetingCalled: Template = ["greeting called", "{name} ， {it}", "{it} , {name} ."];
const thanks: Template = ["thanks", "谢谢/thank {it}", "thank/thank {it} ."];
const thanksFor: Template = ["thanks for", "谢谢/thank {you} 的 {it}", "thank/thank you for {you:their} {it} ."];

/** 你好, 谢谢你, 老师，再见: alone and to somebody. */
export function* greetings(): Generator<Entry> {
  for (const it of polite) {
    yield about(greeting, it);
    for (const name of called) yield about(greetingCalled, it, { name });
  }
  for (const { phrase: you } of [pronouns.你, pronouns.你们]) {
    yield about(thanks, you);
    for (const it of received) yield about(thanksFor, it, { you });
  }
}

/** What one is asked to do: 打开窗户, 给我盐, 告诉我价格. */
const wishes: readonly Phrase[] = [
  ...lexemes("门 the door, 窗户 the window").flatMap((it) => [
    compose("打开/open {it}", "open/open {it}", { it }),
    compose("关上/close {it}", "close/close {it}", { it }),
  ]),
  ...lexemes("灯 the light, 电视 the TV, 电脑 the computer, 空调 the air conditioner").flatMap((it) => [
    compose("打开/on {it}", "turn/on on/on {it}", { it }),
    compose("关上/off {it}", "turn/off off/off {it}", { it }),
  ]),
  ...lexemes(
    "盐 the salt, 菜单 the menu, 钥匙 the key, 地图 the map, 雨伞 the umbrella, 筷子 the chopsticks, 毛巾 the towel",
  ).map((it) => compose("给/give 我/me {it}", "give/give me/me {it}", { it })),
  ...lexemes("答案 the answer, 价格 the price, 时间 the time").map((it) =>
    compose("告诉/tell 我/me {it}", "tell/tell me/me {it}", { it }),
  ),
  ...lexemes("名字 name, 电话号码 phone number").map((it) =>
    compose("告诉/tell 我/me 你/you 的/you {it}", "tell/tell me/me your/you {it}", { it }),
  ),
  ...lexemes(
    `坐下 sit down, 进来 come in, 安静 be quiet, 小心 be careful, 等一下 wait a moment, 再说一遍 say it again,
    说慢一点 speak more slowly, 跟我来 come with me, 看这里 look here, 快一点 hurry up, 过来 come over,
    站起来 stand up, 休息一下 take a rest`,
  ),
];
const asking: readonly Template[] = [
  ["please", "请/please {it}", "please/please {it} ."],
  ["please", "请/please 你/you {it}", "please/please {it} ."],
  ["can you", "你/you 能/can {it} 吗", "can/can you/you {it} ?"],
  ["can you", "你/you 能不能/can {it}", "can/can you/you {it} ?"],
  ["can you", "你/you 可以/can {it} 吗", "can/can you/you {it} ?"],
  ["can you please", "可以/can 请/please 你/you {it} 吗", "can/can you/you please/please {it} ?"],
  ["could you", "麻烦/please 你/you {it}", "could you/you please/please {it} ?"],
  ["could you", "请/please 你/you {it} 好吗/could", "could/could you/you please/please {it} ?"],
];
const helping: readonly Template[] = [
  ["help me", "你/you 能/can 帮/help {whom} {do} {what} 吗", "can/can you/you help/help {whom:object} {do} {what} ?"],
  ["please help", "请/please 帮/help {whom} {do} {what}", "please/please help/help {whom:object} {do} {what} ."],
];
const { 我, 他, 她, 我们, 他们 } = pronouns;

/** What one is asked not to do, and where. */
const disturbing = lexemes(
  `唱歌 sing, 跳舞 dance, 聊天 chat, 睡觉 sleep, 拍照 take photos, 跑步 run, 抽烟 smoke, 打电话 make phone calls,
  踢足球 play football, 打篮球 play basketball, 吃东西 eat, 说话 talk, 喝酒 drink alcohol, 听音乐 listen to music,
  玩游戏 play games`,
);
const quietPlaces = "图书馆 教室 博物馆 医院 办公室 火车上 飞机上 音乐厅 实验室 电影院".split(" ").map(place);
const forbidding: readonly Template[] = [
  ["don't", "别/not {where} {it}", "don't/not {it} {where} ."],
  ["please don't", "请/please 不要/not {where} {it}", "please/please don't/not {it} {where} ."],
  ["may not", "你/you 不/not 可以/not {where} {it}", "you/you can't/not {it} {where} ."],
];
const here: readonly Template[] = [
  ["may I here", "我/I 可以/can 在 这里/here {it} 吗", "can/can I/I {it} here/here ?"],
  ["may not here", "你/you 不/not 可以/not 在 这里/here {it}", "you/you can't/not {it} here/here ."],
  ["don't here", "请/please 不要/not 在 这里/here {it}", "please/please don't/not {it} here/here ."],
];

/** 请打开窗户, 你能帮我洗碗吗, 别在图书馆唱歌, 我可以在这里拍照吗. */
export function* requests(draw: Draw): Generator<Entry> {
  for (const it of wishes) for (const template of asking) yield about(template, it);
  for (const activity of activities) {
    const isTask = activity.traits.has("duty") || activity.traits.has("soon");
    if (!isTask || !activity.object || !/[做买准洗打修借]/.test(activity.verb)) continue;
    for (const { phrase: whom } of draw.sample([我, 他, 她, 我们, 他们], 2)) {
      const combination = [chineseOf(whom), "帮", activity.verb, activity.object.chinese];
      for (const template of helping) yield entry(template, combination, { whom, ...phrasesOf(activity) });
    }
  }
  for (const it of disturbing) {
    for (const where of quietPlaces) {
      for (const template of draw.sample(forbidding, 2)) yield about(template, it, { where: where.at });
    }
    for (const template of here) yield about(template, it);
  }
}
