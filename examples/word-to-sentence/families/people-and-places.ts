/** Games, instruments, subjects, languages, countries, cities and seasons, and the people and things that go with them. */
import { compounds, type Part, table } from "../family.js";

/** Heads whose frames are written beside them; all go with the same first parts. */
function heads(modifiers: readonly Part[], rows: readonly (readonly [head: string, ...frames: string[]])[]) {
  return rows.map(([short, ...frames]) => ({ part: { short }, modifiers, frames }));
}

const balls = table(
  "play where",
  `篮球 打 体育馆
   足球 踢 草地上
   网球 打 网球馆
   排球 打 体育馆
   乒乓球 打 体育馆
   羽毛球 打 体育馆
   棒球 打 草地上
   冰球 打 冰面上
   橄榄球 打 草地上
   高尔夫球 打 草地上`,
);
const games = heads(balls, [
  [
    "场",
    "{w}是{m.play}{m.short}的地方。",
    "放学以后，我们去{w}{m.play}{m.short}。",
    "{w}上有很多人在{m.play}{m.short}。",
  ],
  ["队", "{w}的人每天练习{m.play}{m.short}。", "我哥哥是{w}的队长。", "{w}又赢了一场。"],
  ["鞋", "{m.play}{m.short}的时候要穿{w}。", "我买了一双{w}。", "没有{w}，我不能{m.play}{m.short}。"],
  ["比赛", "{w}今天晚上八点开始。", "他在{w}中得了第一名，因为他天天{m.play}{m.short}。", "电视上正在转播{w}。"],
  ["教练", "{w}教我们{m.play}{m.short}。", "{w}每天带着队员在{m.where}训练。"],
  ["迷", "{w}最爱看{m.short}比赛。", "他是个{w}，一有空就{m.play}{m.short}。"],
  ["运动员", "{w}{m.play}{m.short}{m.play}得很好。", "他从小{m.play}{m.short}，后来成了{w}。"],
  ["课", "{w}上，老师教我们{m.play}{m.short}。", "我们每个星期有两节{w}。", "{w}上，我学会了怎么{m.play}{m.short}。"],
]);

const instruments = table(
  "play measure",
  `钢琴 弹 架
   吉他 弹 把
   琵琶 弹 把
   古筝 弹 架
   小提琴 拉 把
   大提琴 拉 把
   二胡 拉 把
   手风琴 拉 架
   笛子 吹 支
   口琴 吹 支
   小号 吹 把
   萨克斯 吹 把`,
);
const music = heads(instruments, [
  ["课", "{w}上，老师教我们{m.play}{m.short}。", "我每个星期六去上{w}。", "上{w}要带上自己的{m.short}。"],
  ["老师", "{w}教我{m.play}{m.short}。", "{w}说我{m.play}得不错。", "{w}每天{m.play}几个小时{m.short}。"],
  ["演奏家", "{w}在台上{m.play}{m.short}。", "那位{w}从五岁开始{m.play}{m.short}。", "大家请{w}再{m.play}一首。"],
  ["曲", "这首{w}是用{m.short}演奏的。", "她用{m.short}{m.play}了一首{w}。"],
  ["声", "隔壁传来{w}，是谁在{m.play}{m.short}？", "一听见{w}，我就知道她在{m.play}{m.short}。"],
  ["店", "{w}是卖{m.short}的地方。", "我在{w}买了一{m.measure}{m.short}。"],
  ["比赛", "她在{w}中{m.play}得最好。", "参加{w}的人都会{m.play}{m.short}。"],
]);

const subjects = table(
  "about",
  `数学 数字和图形
   物理 力和电
   化学 物质的变化
   历史 过去的事
   地理 高山和大海
   生物 动物和植物
   音乐 唱歌
   美术 画画
   语文 读书写字
   天文 太阳和星星
   经济 买和卖
   法律 什么能做什么不能做`,
);
const languages = table(
  "country",
  `英语 英国
   法语 法国
   德语 德国
   日语 日本
   汉语 中国
   俄语 俄罗斯
   韩语 韩国
   泰语 泰国
   意大利语 意大利
   西班牙语 西班牙`,
);
const school: readonly (readonly [string, ...string[]])[] = [
  ["课", "今天上午有两节{w}。", "{w}上，我们做了{m.short}练习。", "上{w}的时候，我们学{m.short}。"],
  ["老师", "{w}教我们{m.short}。", "我长大了想当{w}，教孩子们{m.short}。"],
  ["书", "我从图书馆借了一本{w}。", "这本{w}是{m.short}老师写的。", "我看{w}是为了学{m.short}。"],
  ["考试", "明天有{w}，今晚我要复习{m.short}。", "{w}很难，因为我没学好{m.short}。"],
  ["作业", "我还没写完{w}。", "{w}不会做，我去问{m.short}老师。"],
];
const about: readonly string[] = [
  "{w}讲的是{m.about}。",
  "{w}讲{m.about}，很有意思。",
  "这本{w}写的是{m.about}。",
  "{w}考的是{m.about}。",
  "今天的{w}是关于{m.about}的。",
];
const spoken: readonly string[] = [
  "上完{w}，我会和{m.country}人说话了。",
  "{w}是从{m.country}来的。",
  "看完这本{w}，我想去{m.country}看看。",
  "去{m.country}留学以前要通过{w}。",
  "我请一个{m.country}朋友帮我看{w}。",
];
const learning = school.flatMap(([head, ...frames], i) => [
  ...heads(subjects, [[head, ...frames, about[i]!]]),
  ...heads(languages, [[head, ...frames, spoken[i]!]]),
]);
const foreign = languages.filter(({ short }) => short !== "汉语");
const spokenThings = heads(foreign, [
  ["词典", "不认识的{m.short}词可以查{w}。", "我的桌上有一本{w}。", "学{m.short}的人都有一本{w}。"],
  ["歌", "她会唱很多{m.country}的歌，最喜欢这首{w}。", "这首{w}是用{m.short}唱的。"],
  ["电影", "看{w}可以练习听{m.short}。", "这部{w}是在{m.country}拍的。"],
]);

const countries = table(
  "capital",
  `中国 北京
   法国 巴黎
   英国 伦敦
   美国 华盛顿
   日本 东京
   韩国 首尔
   德国 柏林
   意大利 罗马
   俄罗斯 莫斯科
   印度 新德里
   泰国 曼谷
   西班牙 马德里
   埃及 开罗
   加拿大 渥太华
   希腊 雅典
   奥地利 维也纳`,
);
const abroad = heads(countries, [
  ["人", "{w}来自{m.short}。", "{w}给我讲{m.capital}的故事。", "很多{w}住在{m.capital}。"],
  [
    "菜",
    "这家饭馆的厨师是{m.short}人，会做{w}。",
    "在{m.capital}到处可以吃到{w}。",
    "我去{m.short}的时候学会了做{w}。",
  ],
  ["留学生", "他是{w}，家在{m.capital}。", "{w}放假要坐飞机回{m.short}。", "{w}给我们看{m.capital}的照片。"],
  ["电影", "这部{w}讲的是{m.capital}的故事。", "{w}是在{m.short}拍的。", "看了这部{w}，我想去{m.capital}。"],
  ["地图", "{w}上可以找到{m.capital}。", "去{m.short}旅行以前，我买了一张{w}。", "{w}上最大的字是{m.short}。"],
  ["队", "{w}代表{m.short}参加比赛。", "{w}赢了球，{m.capital}的人都很高兴。", "{w}是从{m.capital}飞来的。"],
  ["大使馆", "去{m.short}旅行要先去{w}办签证。", "在{w}工作的人大多是{m.short}人。", "{w}门口挂着{m.short}的国旗。"],
  ["朋友", "我的{w}请我去{m.capital}玩。", "{w}回{m.short}以后常常给我写信。"],
]);

const cities = table(
  "side sight",
  `北京 北方 长城
   哈尔滨 北方 冰灯
   西安 北方 兵马俑
   天津 北方 海河
   大连 北方 大海
   上海 南方 外滩
   杭州 南方 西湖
   苏州 南方 园林
   成都 南方 大熊猫
   广州 南方 珠江
   桂林 南方 漓江
   昆明 南方 石林`,
);
const travel = heads(cities, [
  ["人", "{w}住在{m.side}。", "{w}的家乡是{m.short}。", "{w}常常带客人去看{m.sight}。"],
  ["火车站", "一到{w}，我们就去看{m.sight}。", "火车往{m.side}开，终点是{w}。", "{w}在{m.short}的中心。"],
  ["地图", "{w}上标着{m.sight}。", "我带着一张{w}去{m.short}旅行。"],
  ["机场", "从{w}出来，坐车可以去看{m.sight}。", "飞机向{m.side}飞，准备在{w}降落。"],
  ["导游", "{w}带我们去看{m.sight}。", "{w}给我们介绍{m.short}的历史。", "{w}对{m.short}的每一条街都很熟。"],
  ["大学生", "{w}在{m.short}上学，周末去看{m.sight}。", "这个{w}喜欢{m.side}的天气。"],
  ["明信片", "{w}上印着{m.sight}。", "朋友从{m.short}寄来一张{w}。", "我在{m.short}买了一张{w}。"],
]);

const seasons = table(
  "full feels",
  `春 春天 暖和
   夏 夏天 炎热
   秋 秋天 凉爽
   冬 冬天 寒冷`,
);
const weather = heads(seasons, [
  ["雨", "{w}是{m.full}下的雨。", "{w}下了一夜。"],
  ["风", "{w}是{m.full}刮的风。", "{w}吹在脸上，很{m.feels}。"],
  ["夜", "{w}是{m.full}的夜晚。", "{w}很{m.feels}，我睡得很香。"],
  ["装", "{w}是{m.full}穿的衣服。", "天气{m.feels}了，该换{w}了。"],
  ["日", "{w}的太阳照着大地，天气{m.feels}。", "{w}就是{m.full}的日子。"],
]);

const festivals = table(
  "food season",
  `春节   饺子 冬天
   元宵节 汤圆 冬天
   端午节 粽子 夏天
   中秋节 月饼 秋天
   重阳节 重阳糕 秋天
   圣诞节 火鸡 冬天
   儿童节 糖果 夏天
   复活节 彩蛋 春天`,
);
const celebrations = heads(festivals, [
  ["晚会", "{w}上，大家一起吃{m.food}。", "{w}快开始了，快打开电视。"],
  ["礼物", "{w}是{m.short}送给别人的东西。", "我送给朋友的{w}是一盒{m.food}。"],
  ["假期", "{w}里，我们一家人吃了{m.food}。", "{w}在{m.season}，我回家住了几天。"],
  ["贺卡", "{w}上画着{m.food}。", "每年{m.season}我都给老师寄{w}。"],
  ["歌", "一到{m.short}，孩子们就唱{w}。", "{w}里唱的是{m.food}。"],
]);

export const peopleAndPlaces = compounds([
  ...celebrations,
  ...games,
  ...music,
  ...learning,
  ...spokenThings,
  ...abroad,
  ...travel,
  ...weather,
]);
