/** Adjectives, by what they can be said of. */
import { compare } from "../english.js";
import { lexeme, type Phrase } from "../phrase.js";
import { entries } from "./table.js";
import { type Noun, only, things } from "./things.js";

/** Forms: plain, more ("bigger"), most ("biggest"). */
function qualities(text: string): Phrase[] {
  return entries(text).map(([chinese, english]) => {
    const [more, most] = compare(english);
    return lexeme(chinese, { plain: english, more, most });
  });
}

/** Moods and states: 很累 "very tired". */
export const moods = qualities(
  `忙 busy, 累 tired, 高兴 happy, 难过 sad, 生气 angry, 饿 hungry, 渴 thirsty, 紧张 nervous, 健康 healthy, 满意 satisfied,
  平静 calm, 担心 worried, 激动 excited, 困 sleepy, 孤单 lonely`,
);

/** What people are like. */
export const characters = qualities(
  `高 tall, 聪明 smart, 漂亮 beautiful, 年轻 young, 努力 hardworking, 认真 serious, 友好 friendly, 热情 warm, 有名 famous,
  善良 kind, 勇敢 brave, 幽默 funny, 强壮 strong, 矮 short, 瘦 thin, 安静 quiet, 诚实 honest, 耐心 patient, 懒 lazy`,
);

/** Groups of things with the adjectives that fit them. */
export const described: readonly { nouns: readonly Noun[]; qualities: readonly Phrase[] }[] = [
  {
    nouns: things.fruit,
    qualities: qualities("甜 sweet, 酸 sour, 大 big, 小 small, 新鲜 fresh, 好吃 delicious, 贵 expensive, 便宜 cheap"),
  },
  {
    nouns: things.vegetables,
    qualities: qualities("大 big, 小 small, 新鲜 fresh, 重 heavy, 便宜 cheap, 好吃 delicious"),
  },
  { nouns: things.dumplings, qualities: qualities("好吃 delicious, 大 big, 小 small, 新鲜 fresh, 咸 salty") },
  {
    nouns: [...things.bread.slice(0, 3)],
    qualities: qualities("好吃 delicious, 甜 sweet, 硬 hard, 软 soft, 大 big, 小 small"),
  },
  { nouns: things.rice, qualities: qualities("好吃 delicious, 热 hot, 咸 salty, 辣 spicy, 油腻 greasy") },
  { nouns: things.hotDrinks, qualities: qualities("热 hot, 好喝 tasty, 甜 sweet, 苦 bitter, 浓 strong") },
  { nouns: things.coldDrinks, qualities: qualities("凉 cool, 好喝 tasty, 甜 sweet, 酸 sour, 便宜 cheap") },
  {
    nouns: [...things.books, ...things.writings.slice(0, 1)],
    qualities: qualities(
      "有意思 interesting, 厚 thick, 薄 thin, 旧 old, 新 new, 难 difficult, 重要 important, 有用 useful, 容易 easy, 流行 popular",
    ),
  },
  {
    nouns: things.films,
    qualities: qualities(
      "有意思 interesting, 长 long, 短 short, 好看 good, 无聊 boring, 感人 moving, 流行 popular, 有名 famous, 可怕 scary",
    ),
  },
  {
    nouns: things.songs,
    qualities: qualities("好听 pleasant, 有名 famous, 流行 popular, 慢 slow, 快 fast, 难 difficult, 短 short"),
  },
  {
    nouns: things.stories,
    qualities: qualities("有趣 amusing, 长 long, 短 short, 奇怪 strange, 感人 moving, 简单 simple, 可怕 scary"),
  },
  {
    nouns: [...things.tops, ...only(things.skirts, "裙子 围巾")],
    qualities: qualities(
      "漂亮 beautiful, 贵 expensive, 便宜 cheap, 新 new, 旧 old, 长 long, 短 short, 舒服 comfortable, 干净 clean, 脏 dirty, 合适 suitable",
    ),
  },
  {
    nouns: only(things.skirts, "领带 毛巾"),
    qualities: qualities("漂亮 beautiful, 贵 expensive, 便宜 cheap, 新 new, 旧 old, 干净 clean, 脏 dirty"),
  },
  {
    nouns: [...things.shoes.slice(0, 3), ...things.trousers, ...things.glasses, ...things.hats],
    qualities: qualities(
      "贵 expensive, 便宜 cheap, 新 new, 旧 old, 舒服 comfortable, 大 big, 小 small, 流行 popular, 合适 suitable",
    ),
  },
  {
    nouns: [...things.phones, ...things.machines, ...things.watches],
    qualities: qualities(
      "贵 expensive, 便宜 cheap, 新 new, 旧 old, 好用 handy, 大 big, 小 small, 轻 light, 重 heavy, 慢 slow",
    ),
  },
  {
    nouns: [...things.furniture, ...things.lamps, ...only(things.umbrellas, "椅子")],
    qualities: qualities(
      "大 big, 小 small, 舒服 comfortable, 漂亮 beautiful, 干净 clean, 贵 expensive, 旧 old, 结实 sturdy, 重 heavy",
    ),
  },
  {
    nouns: things.vehicles.slice(0, 3),
    qualities: qualities(
      "快 fast, 新 new, 旧 old, 贵 expensive, 便宜 cheap, 漂亮 beautiful, 安全 safe, 方便 convenient, 干净 clean",
    ),
  },
  {
    nouns: [...things.cases, ...things.small],
    qualities: qualities("大 big, 小 small, 轻 light, 重 heavy, 漂亮 beautiful, 结实 sturdy, 便宜 cheap, 干净 clean"),
  },
  {
    nouns: [...things.pens, ...things.umbrellas.slice(0, 1), ...things.umbrellas.slice(2)],
    qualities: qualities("长 long, 短 short, 好用 handy, 便宜 cheap, 新 new, 旧 old"),
  },
  {
    nouns: things.toys,
    qualities: qualities("有趣 amusing, 大 big, 小 small, 便宜 cheap, 漂亮 beautiful, 旧 old, 轻 light"),
  },
  {
    nouns: things.gifts,
    qualities: qualities("漂亮 beautiful, 贵 expensive, 特别 special, 便宜 cheap, 重要 important"),
  },
  {
    nouns: [...things.pets.slice(0, 3), ...things.pets.slice(4, 5), ...things.animals, ...things.dogs],
    qualities: qualities("可爱 cute, 大 big, 小 small, 聪明 smart, 胖 fat, 漂亮 beautiful, 懒 lazy"),
  },
  {
    nouns: [...things.bigAnimals, ...things.horses],
    qualities: qualities("大 big, 强壮 strong, 老 old, 漂亮 beautiful, 聪明 smart, 胖 fat"),
  },
  {
    nouns: things.rooms,
    qualities: qualities(
      "大 big, 小 small, 干净 clean, 脏 dirty, 安静 quiet, 亮 bright, 暗 dark, 舒服 comfortable, 暖和 warm, 吵 noisy",
    ),
  },
  {
    nouns: things.paintings.slice(0, 3),
    qualities: qualities("漂亮 beautiful, 大 big, 小 small, 旧 old, 有名 famous, 特别 special"),
  },
  { nouns: things.trees, qualities: qualities("高 tall, 大 big, 小 small, 老 old, 漂亮 beautiful") },
];

/** Of cities and countries. */
export const cityQualities = qualities(
  "大 big, 漂亮 beautiful, 有名 famous, 干净 clean, 热闹 lively, 安静 quiet, 安全 safe, 现代 modern, 吵 noisy",
);

/** Of buildings one goes to. */
export const buildingQualities = qualities(
  "大 big, 小 small, 干净 clean, 安静 quiet, 远 far, 近 close, 有名 famous, 新 new, 方便 convenient, 热闹 lively",
);

/** Of the weather. */
export const weatherQualities = qualities("热 hot, 冷 cold, 暖和 warm, 凉快 cool, 潮湿 humid, 干燥 dry");

/** Of pursuits: 学汉语很难 "studying Chinese is very difficult". */
export const pursuitQualities = qualities(
  "难 difficult, 容易 easy, 有意思 interesting, 重要 important, 有用 useful, 简单 simple, 无聊 boring",
);

export const colors = entries(
  "红色 red, 黄色 yellow, 蓝色 blue, 绿色 green, 白色 white, 黑色 black, 灰色 gray, 紫色 purple, 粉色 pink, 棕色 brown",
).map(([chinese, english]) => lexeme(chinese, english));
