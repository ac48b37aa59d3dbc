/** Greetings and requests. */
import { activities } from "../lexicon/activities.js";
import { names, pronouns } from "../lexicon/people.js";
import { place } from "../lexicon/places.js";
import { entries, lexemes } from "../lexicon/table.js";
import { compose, lexeme, type Parts, type Phrase } from "../phrase.js";
import { phrasesOf } from "./actions.js";
import { chineseOf, type Draw, type Entry, entry } from "./entry.js";

/** 你好, 谢谢你, 老师，再见: alone and to somebody. */
export function* greetings(): Generator<Entry> {
  const called = [
    ...names.map(({ phrase }) => phrase),
    ...lexemes(
      "老师 teacher, 医生 doctor, 教练 coach, 教授 professor, 校长 principal, 爷爷 Grandpa, 奶奶 Grandma, 爸爸 Dad, 妈妈 Mom",
    ),
  ];
  const polite = lexemes(
    `你好 hello, 再见 goodbye, 谢谢 thank you, 早上好 good morning, 晚上好 good evening, 下午好 good afternoon,
    晚安 good night, 对不起 sorry, 生日快乐 happy birthday, 新年快乐 happy New Year, 明天见 see you tomorrow,
    周末愉快 have a nice weekend, 没关系 never mind, 不客气 you are welcome, 辛苦了 thanks for your hard work`,
  );
  for (const it of polite) {
    yield entry(["greeting", "{it}", "{it} ."], [chineseOf(it)], { it });
    for (const name of called) {
      yield entry(["greeting called", "{name} ， {it}", "{it} , {name} ."], [chineseOf(it), chineseOf(name)], {
        it,
        name,
      });
    }
  }
  const received = lexemes(
    "帮助 help, 礼物 gift, 信 letter, 花 flowers, 晚饭 dinner, 照片 photo, 建议 advice, 电话 call, 时间 time, 咖啡 coffee",
  );
  for (const { phrase } of [pronouns.你, pronouns.你们]) {
    yield entry(["thanks", "谢谢/thank {you}", "thank/thank {you} ."], ["谢谢", chineseOf(phrase)], { you: phrase });
    for (const it of received) {
      yield entry(
        ["thanks for", "谢谢/thank {you} 的 {it}", "thank/thank you for {you:their} {it} ."],
        ["谢谢", chineseOf(phrase), chineseOf(it)],
        { you: phrase, it },
      );
    }
  }
}

/** 请打开窗户, 你能帮我洗碗吗, 别在图书馆唱歌, 我可以在这里拍照吗. */
export function* requests(draw: Draw): Generator<Entry> {
  const wishes: Phrase[] = [];
  const wish = (chinese: string, english: string, parts: Parts = {}) => wishes.push(compose(chinese, english, parts));
  for (const [chinese, english] of entries(
    "门 the door, 窗户 the window, 灯 the light, 电视 the TV, 电脑 the computer, 空调 the air conditioner",
  )) {
    const it = lexeme(chinese, english);
    const turns = /the (?:door|window)/.test(english) ? ["open", "close"] : ["turn on", "turn off"];
    wish("打开/do {it}", `${tied(turns[0]!, "do")} {it}`, { it });
    wish("关上/do {it}", `${tied(turns[1]!, "do")} {it}`, { it });
  }
  for (const [chinese, english] of entries(
    "盐 the salt, 菜单 the menu, 钥匙 the key, 地图 the map, 雨伞 the umbrella, 筷子 the chopsticks, 毛巾 the towel",
  )) {
    wish("给/give 我/me {it}", "give/give me/me {it}", { it: lexeme(chinese, english) });
  }
  for (const [chinese, english] of entries(
    "你的名字 your name, 你的电话号码 your phone number, 答案 the answer, 价格 the price, 时间 the time",
  )) {
    const it = chinese.startsWith("你的")
      ? compose("你/you 的/you {it}", "your/you {it}", { it: lexeme(chinese.slice(2), english.slice(5)) })
      : lexeme(chinese, english);
    wish("告诉/tell 我/me {it}", "tell/tell me/me {it}", { it });
  }
  for (const [chinese, english] of entries(
    "坐下 sit down, 进来 come in, 安静 be quiet, 小心 be careful, 等一下 wait a moment, 再说一遍 say it again, 说慢一点 speak more slowly, 跟我来 come with me, 看这里 look here, 快一点 hurry up, 过来 come over, 站起来 stand up, 休息一下 take a rest",
  )) {
    wishes.push(lexeme(chinese, english));
  }
  for (const it of wishes) {
    const say = (name: string, chinese: string, english: string) =>
      entry([name, chinese, english], ["请求", chineseOf(it)], { it });
    yield say("please", "请/please {it}", "please/please {it} .");
    yield say("could you", "麻烦/please 你/you {it}", "could you/you please/please {it} ?");
    yield say("can you", "你/you 能/can {it} 吗", "can/can you/you {it} ?");
    yield say("please you", "请/please 你/you {it}", "please/please {it} .");
    yield say("can you or not", "你/you 能不能/can {it}", "can/can you/you {it} ?");
    yield say("may you", "你/you 可以/can {it} 吗", "can/can you/you {it} ?");
    yield say("may I ask you", "可以/can 请/please 你/you {it} 吗", "can/can you/you please/please {it} ?");
    yield say("can you please", "请/please 你/you {it} 好吗/could", "could/could you/you please/please {it} ?");
  }
  for (const activity of activities.filter(({ traits }) => traits.has("duty") || traits.has("soon"))) {
    const parts = phrasesOf(activity);
    if (activity.object && !/见|等/.test(activity.verb)) {
      for (const someone of draw.sample([pronouns.我, pronouns.他, pronouns.她, pronouns.我们, pronouns.他们], 2)) {
        const key = [chineseOf(someone.phrase), "帮", activity.verb, activity.object.chinese];
        const filled = { ...parts, whom: someone.phrase };
        if (!/[做买准洗打修借]/.test(activity.verb)) continue;
        yield entry(
          [
            "help me",
            "你/you 能/can 帮/help {whom} {do} {what?} 吗",
            "can/can you/you help/help {whom:object} {do} {what?} ?",
          ],
          key,
          filled,
        );
        yield entry(
          [
            "please help",
            "请/please 帮/help {whom} {do} {what?}",
            "please/please help/help {whom:object} {do} {what?} .",
          ],
          key,
          filled,
        );
      }
    }
  }
  for (const it of lexemes(disturbing)) {
    for (const where of quietPlaces) {
      const key = ["你", chineseOf(it), "", where.chinese];
      const parts = { it, where: where.at };
      if (draw.chance(0.6)) yield entry(["don't", "别/not {where} {it}", "don't/not {it} {where} ."], key, parts);
      if (draw.chance(0.6))
        yield entry(
          ["please don't", "请/please 不要/not {where} {it}", "please/please don't/not {it} {where} ."],
          key,
          parts,
        );
      if (draw.chance(0.5))
        yield entry(["may not", "你/you 不/not 可以/not {where} {it}", "you/you can't/not {it} {where} ."], key, parts);
    }
    const say = (name: string, chinese: string, english: string) =>
      entry([name, chinese, english], ["你", chineseOf(it), "", "这里"], { it });
    yield say("may I here", "我/I 可以/can 在 这里/here {it} 吗", "can/can I/I {it} here/here ?");
    yield say("may not here", "你/you 不/not 可以/not 在 这里/here {it}", "you/you can't/not {it} here/here .");
    yield say("don't here", "请/please 不要/not 在 这里/here {it}", "please/please don't/not {it} here/here .");
  }
}

/** What one is asked not to do, and where. */
const disturbing = `唱歌 sing, 跳舞 dance, 聊天 chat, 睡觉 sleep, 拍照 take photos, 跑步 run, 抽烟 smoke, 打电话 make phone calls,
  踢足球 play football, 打篮球 play basketball, 吃东西 eat, 说话 talk, 喝酒 drink alcohol, 听音乐 listen to music, 玩游戏 play games`;

const quietPlaces = "图书馆 教室 博物馆 医院 办公室 火车上 飞机上 音乐厅 实验室 电影院".split(" ").map(place);

/** Ties every word of a literal. */
function tied(text: string, tie: string): string {
  return text.replaceAll(/\S+/g, (word) => `${word}/${tie}`);
}
