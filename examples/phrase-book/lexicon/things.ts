/** What the sentences are about: nouns in groups that share a measure word, verbs that fit and adjectives that fit. */
import { pluralOf } from "../english.js";
import { entries } from "./table.js";

/** How English says a noun that Chinese leaves bare in one event: "a book", "apples", "tea" or "the room". */
export type Bare = "one" | "many" | "mass" | "the";

export interface Noun {
  readonly chinese: string;
  readonly singular: string;
  readonly plural: string;
  readonly measure: string;
  /** The English of a measure that is more than a classifier: 杯 "cup", 双 "pair". */
  readonly measureEnglish: string | undefined;
  readonly bare: Bare;
  /** The part of the day a meal belongs to. */
  readonly dayPart: string | undefined;
}

/** The same nouns, left bare in another way. */
export function bareAs(bare: Bare, nouns: readonly Noun[]): Noun[] {
  return nouns.map((noun) => ({ ...noun, bare }));
}

/** The nouns of a group that are named. */
export function only(group: readonly Noun[], chinese: string): Noun[] {
  const names = chinese.split(" ");
  return group.filter((noun) => names.includes(noun.chinese));
}

/** `measure` is 个, or with English 杯:cup; an entry is 苹果 apple, or with an irregular plural 鱼 fish/fish. */
function nouns(measure: string, bare: Bare, text: string): Noun[] {
  const [classifier, measureEnglish] = measure.split(":");
  return entries(text).map(([chinese, english]) => {
    const [words, dayPart] = english.split("@") as [string, string?];
    const [singular, plural = bare === "mass" ? singular : pluralOf(singular)] = words.split("/") as [string, string?];
    return { chinese, singular, plural, measure: classifier!, measureEnglish, bare, dayPart };
  });
}

export const things = {
  meals: nouns(
    "顿",
    "mass",
    "早饭 breakfast@morning, 午饭 lunch@noon, 晚饭 dinner@evening, 早餐 breakfast@morning, 午餐 lunch@noon, 晚餐 dinner@evening",
  ),
  rice: nouns("碗:bowl", "mass", "米饭 rice, 面条 noodles/noodles, 粥 porridge, 豆腐 tofu, 沙拉 salad"),
  dumplings: nouns(
    "个",
    "many",
    "饺子 dumpling, 包子 steamed bun, 鸡蛋 egg, 三明治 sandwich, 汉堡包 hamburger, 馒头 steamed roll",
  ),
  bread: nouns("块:piece", "mass", "面包 bread, 蛋糕 cake, 巧克力 chocolate, 牛肉 beef, 羊肉 lamb"),
  meat: nouns(
    "斤",
    "mass",
    "猪肉 pork, 鸡肉 chicken, 海鲜 seafood, 火锅 hot pot, 烤鸭 roast duck, 中国菜 Chinese food",
  ),
  sweets: nouns("盒:box", "many", "饼干 cookie, 糖果 candy/candies, 月饼 mooncake, 点心 snack"),
  fruit: nouns("个", "many", "苹果 apple, 橙子 orange, 梨 pear, 桃子 peach, 芒果 mango, 李子 plum"),
  vegetables: nouns("个", "many", "土豆 potato, 西红柿 tomato, 南瓜 pumpkin, 洋葱 onion, 黄瓜 cucumber"),
  fruitInGeneral: nouns(
    "斤",
    "mass",
    "水果 fruit, 蔬菜 vegetables, 西瓜 watermelon, 葡萄 grapes, 草莓 strawberries, 香蕉 bananas",
  ),
  hotDrinks: nouns(
    "杯:cup",
    "mass",
    "茶 tea, 绿茶 green tea, 红茶 black tea, 咖啡 coffee, 热水 hot water, 豆浆 soy milk",
  ),
  coldDrinks: nouns(
    "瓶:bottle",
    "mass",
    "水 water, 牛奶 milk, 果汁 juice, 可乐 cola, 酸奶 yogurt, 矿泉水 mineral water",
  ),
  alcohol: nouns("瓶:bottle", "mass", "啤酒 beer, 红酒 red wine, 白酒 liquor"),
  books: nouns("本", "one", "书 book, 小说 novel, 杂志 magazine, 词典 dictionary, 故事书 storybook, 课本 textbook"),
  newspapers: nouns("份", "one", "报纸 newspaper, 报告 report"),
  letters: nouns("封", "one", "信 letter, 电子邮件 email"),
  writings: nouns("篇", "one", "文章 article, 日记 diary entry/diary entries, 论文 paper"),
  films: nouns("部", "one", "电影 movie, 电视剧 TV series/TV series, 动画片 cartoon, 纪录片 documentary"),
  songs: nouns("首", "many", "歌 song, 中文歌 Chinese song, 英文歌 English song, 老歌 old song"),
  games: nouns("场", "one", "足球比赛 football game, 篮球比赛 basketball game, 网球比赛 tennis match"),
  shows: nouns("场", "mass", "新闻 the news, 电视 TV"),
  opera: nouns("场", "mass", "京剧 Beijing opera"),
  stories: nouns("个", "many", "故事 story, 笑话 joke"),
  paintings: nouns("张", "one", "照片 photo, 画 picture, 地图 map, 明信片 postcard"),
  tickets: nouns(
    "张",
    "one",
    "票 ticket, 电影票 movie ticket, 火车票 train ticket, 飞机票 plane ticket, 门票 entrance ticket",
  ),
  tops: nouns("件", "one", "衬衫 shirt, 毛衣 sweater, 外套 jacket, 大衣 coat, 雨衣 raincoat"),
  clothes: nouns("件:piece", "mass", "衣服 clothes/clothing"),
  skirts: nouns("条", "one", "裙子 skirt, 围巾 scarf/scarves, 领带 tie, 毛巾 towel"),
  trousers: nouns("条:pair", "mass", "裤子 pants, 牛仔裤 jeans"),
  shoes: nouns("双:pair", "mass", "鞋 shoes, 袜子 socks, 运动鞋 sneakers, 筷子 chopsticks"),
  glasses: nouns("副:pair", "mass", "眼镜 glasses, 太阳镜 sunglasses, 手套 gloves"),
  hats: nouns("顶", "one", "帽子 hat"),
  umbrellas: nouns("把", "one", "雨伞 umbrella, 椅子 chair, 刀 knife, 钥匙 key, 勺子 spoon"),
  pens: nouns("支", "one", "铅笔 pencil, 钢笔 pen, 牙刷 toothbrush"),
  small: nouns(
    "个",
    "one",
    "杯子 cup, 盘子 plate, 碗 bowl, 瓶子 bottle, 书包 schoolbag, 钱包 wallet, 闹钟 alarm clock, 本子 notebook",
  ),
  toys: nouns("个", "one", "玩具 toy, 球 ball, 篮球 basketball, 足球 football, 风筝 kite, 气球 balloon"),
  watches: nouns("块", "one", "手表 watch"),
  phones: nouns("部", "one", "手机 phone, 相机 camera"),
  machines: nouns(
    "台",
    "one",
    "电脑 computer, 电视 TV, 冰箱 fridge, 洗衣机 washing machine, 空调 air conditioner, 打印机 printer",
  ),
  furniture: nouns("张", "one", "桌子 table, 床 bed, 沙发 sofa, 书桌 desk"),
  lamps: nouns("盏", "one", "灯 lamp"),
  vehicles: nouns("辆", "one", "自行车 bicycle, 汽车 car, 摩托车 motorcycle, 出租车 taxi"),
  gifts: nouns("份", "one", "礼物 gift"),
  cases: nouns("个", "one", "行李箱 suitcase, 箱子 box, 背包 backpack"),
  medicine: nouns("盒:box", "mass", "药 medicine, 维生素 vitamins"),
  flowers: nouns("束:bunch", "many", "花 flower, 玫瑰 rose"),
  trees: nouns("棵", "many", "树 tree, 苹果树 apple tree"),
  pets: nouns("只", "the", "猫 cat, 鸟 bird, 兔子 rabbit, 鸡 chicken, 小猫 kitten"),
  dogs: nouns("条", "the", "狗 dog, 鱼 fish/fish, 小狗 puppy"),
  animals: nouns("只", "one", "熊猫 panda, 老虎 tiger, 猴子 monkey"),
  bigAnimals: nouns("头", "one", "大象 elephant, 狮子 lion, 牛 cow, 猪 pig"),
  people: nouns("位", "one", "朋友 friend, 客人 guest, 律师 lawyer, 记者 reporter"),
  staff: nouns("位", "the", "经理 manager, 导游 tour guide, 校长 principal"),
  horses: nouns("匹", "one", "马 horse"),
  rooms: nouns("个", "the", "房间 room, 厨房 kitchen, 教室 classroom, 办公室 office, 客厅 living room, 卧室 bedroom"),
  openings: nouns("扇", "the", "门 door, 窗户 window"),
  sights: nouns(
    "个",
    "the",
    "博物馆 museum, 故宫 Forbidden City, 长城 Great Wall, 颐和园 Summer Palace, 动物园 zoo, 工厂 factory, 美术馆 art museum, 寺庙 temple",
  ),
  languages: nouns(
    "门",
    "mass",
    "汉语 Chinese, 英语 English, 法语 French, 日语 Japanese, 德语 German, 俄语 Russian, 西班牙语 Spanish",
  ),
  subjects: nouns(
    "门",
    "mass",
    "数学 math, 历史 history, 科学 science, 艺术 art, 物理 physics, 化学 chemistry, 文学 literature, 地理 geography, 法律 law, 医学 medicine, 经济 economics, 音乐 music",
  ),
  balls: nouns("场", "mass", "篮球 basketball, 网球 tennis, 乒乓球 table tennis, 羽毛球 badminton, 排球 volleyball"),
  instruments: nouns("把", "the", "吉他 guitar, 钢琴 piano"),
  football: nouns("场", "mass", "足球 football"),
  arts: nouns("门", "mass", "书法 calligraphy, 太极拳 tai chi, 功夫 kung fu, 口语 speaking"),
} satisfies Record<string, Noun[]>;

/** How many, and the English word; "a" for 一. */
export const numerals = entries(
  "一 a, 两 two, 三 three, 四 four, 五 five, 六 six, 七 seven, 八 eight, 九 nine, 十 ten",
);
