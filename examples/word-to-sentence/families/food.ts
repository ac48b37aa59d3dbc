/** Food and drink by what is in it, and what comes from an animal. */
import { compounds, only, type Part, table } from "../family.js";

const fruits = table(
  "full taste colour",
  `苹果 苹果 香甜可口 红色
   桃   桃子 香甜可口 粉色
   梨   梨   甜甜的 黄色
   橙   橙子 酸甜可口 橙色
   葡萄 葡萄 酸甜可口 紫色
   草莓 草莓 酸甜可口 红色
   西瓜 西瓜 甜甜的 绿色
   芒果 芒果 香甜可口 黄色
   菠萝 菠萝 酸甜可口 黄色
   香蕉 香蕉 香甜可口 黄色
   樱桃 樱桃 酸甜可口 红色
   柠檬 柠檬 酸酸的 黄色
   椰子 椰子 甜甜的 绿色
   山楂 山楂 酸酸的 红色
   枣   枣   香甜可口 红色
   荔枝 荔枝 甜甜的 红色
   石榴 石榴 甜甜的 红色
   蓝莓 蓝莓 酸甜可口 蓝色`,
);

const fruitHeads = table(
  "",
  `汁
   酱
   树
   蛋糕
   糖
   冰淇淋
   酒
   茶
   酸奶
   饼干`,
);
const sweetFrames: readonly (readonly string[])[] = [
  [
    "{w}是用{m.full}榨的饮料。",
    "我想喝一杯{w}。",
    "{w}喝起来{m.taste}。",
    "我把{m.full}洗干净，做成了{w}。",
    "天热的时候，一杯冰{w}最舒服。",
    "把{m.full}放进榨汁机，就有{w}喝了。",
  ],
  [
    "{w}是用{m.full}熬的。",
    "我喜欢把{w}抹在面包上。",
    "{w}吃起来{m.taste}。",
    "今年的{m.full}很多，妈妈都做成了{w}。",
    "冰箱里还有一瓶{w}。",
    "把{m.full}和糖一起熬，就是{w}。",
  ],
  [
    "{w}上结满了{m.full}。",
    "爷爷在院子里种了一棵{w}。",
    "{w}上挂着{m.colour}的{m.full}，可以摘了。",
    "几只小鸟落在{w}上。",
    "春天，{w}开花了，然后会长出{m.full}。",
  ],
  [
    "{w}里面有{m.full}。",
    "生日那天，我吃了一块{w}。",
    "{w}吃起来{m.taste}。",
    "妈妈烤了一个{w}。",
    "我在{w}上又放了一些{m.full}。",
  ],
  [
    "{w}是{m.full}味的糖。",
    "弟弟嘴里含着一颗{w}。",
    "{w}吃起来{m.taste}。",
    "{w}吃多了对牙不好。",
    "包{w}的纸上画着{m.full}。",
  ],
  [
    "{w}是{m.full}味的冰淇淋。",
    "{w}快要化了，快吃吧。",
    "{w}吃起来{m.taste}。",
    "弟弟手里举着一个{w}。",
    "{w}里有一小块{m.full}。",
  ],
  [
    "{w}是用{m.full}酿的。",
    "爸爸喝了一杯{w}，脸都红了。",
    "{w}喝起来{m.taste}。",
    "小孩子不能喝{w}。",
    "把{m.full}放上几个月，就成了{w}。",
  ],
  [
    "{w}里加了{m.full}。",
    "请给我一杯热{w}。",
    "{w}喝起来{m.taste}。",
    "客人来了，我泡了一壶{w}。",
    "把{m.full}切成片泡在水里，就是{w}。",
  ],
  [
    "{w}里加了{m.full}。",
    "早上我喝了一瓶{w}。",
    "{w}喝起来{m.taste}。",
    "{w}要放在冰箱里。",
    "把{m.full}切碎放进酸奶，就是{w}。",
  ],
  [
    "{w}是{m.full}味的饼干。",
    "我买了一盒{w}。",
    "{w}吃起来{m.taste}。",
    "{w}又薄又脆。",
    "饼干盒上画着{m.full}，里面是{w}。",
  ],
];
const onTrees = only(fruits, "苹果 桃 梨 橙 芒果 香蕉 樱桃 柠檬 椰子 山楂 枣 荔枝 石榴");
const fruity = fruitHeads.map((part, i) => ({
  part,
  modifiers: part.short === "树" ? onTrees : fruits,
  frames: sweetFrames[i]!,
}));

const fillings = table(
  "kind",
  `牛肉   肉
   羊肉   肉
   猪肉   肉
   鸡肉   肉
   鸭肉   肉
   鱼肉   肉
   虾仁   海鲜
   蟹肉   海鲜
   鸡蛋   -
   白菜   素
   豆腐   素
   土豆   素
   西红柿 素
   蘑菇   素
   青菜   素
   玉米   素
   南瓜   素
   萝卜   素
   韭菜   素
   芹菜   素`,
);
const diets = { 肉: "不吃肉的人不点{w}。", 海鲜: "对海鲜过敏的人不能吃{w}。", 素: "吃素的人也可以吃{w}。" } as const;

const dishes: readonly (readonly [head: string, ...frames: string[]])[] = [
  [
    "面",
    "{w}是加了{m.short}的面条。",
    "中午我吃了一碗{w}。",
    "{w}要快点吃，不然面就不好吃了。",
    "把{m.short}和面条一起煮，就是{w}。",
  ],
  [
    "饺子",
    "{w}是{m.short}馅的。",
    "过年的时候，我们一起包{w}。",
    "锅里煮着{w}，熟了就捞出来。",
    "把{m.short}包进饺子皮里，就是{w}。",
  ],
  ["包子", "{w}是{m.short}馅的。", "早饭我吃了两个{w}。", "刚蒸好的{w}很烫。", "把{m.short}包进面里，蒸熟了就是{w}。"],
  ["汤", "{w}是用{m.short}煮的。", "奶奶煮了一锅{w}。", "先喝一碗{w}再吃饭。", "把{m.short}放进水里煮，就是{w}。"],
  ["粥", "{w}是用{m.short}和大米熬的。", "病人喝了一碗{w}。", "{w}熬了一个小时。", "把{m.short}放进粥里，就是{w}。"],
  [
    "炒饭",
    "{w}是用{m.short}和米饭炒的。",
    "爸爸炒了一盘{w}。",
    "用昨天的剩饭可以做{w}。",
    "把{m.short}和米饭一起炒，就是{w}。",
  ],
  [
    "饼",
    "{w}是用{m.short}和面粉做的。",
    "奶奶烙了一张{w}。",
    "{w}的皮又香又脆。",
    "把{m.short}放进饼里，烙熟了就是{w}。",
  ],
];
const filled = dishes.flatMap(([head, ...frames]) =>
  [...new Set(fillings.map(({ kind }) => kind!))].map((kind) => ({
    part: { short: head },
    modifiers: fillings.filter((part) => part["kind"] === kind),
    frames: kind in diets ? [...frames, diets[kind as keyof typeof diets]] : frames,
  })),
);

const animals = table(
  "measure call",
  `牛 头 哞哞叫
   羊 只 咩咩叫
   鸡 只 咯咯叫
   鸭 只 嘎嘎叫
   鹅 只 嘎嘎叫
   兔 只 -
   猪 头 哼哼叫
   马 匹 -
   鹿 只 -`,
);
const animalHeads: readonly (readonly [head: string, animals: string, ...frames: string[]])[] = [
  ["肉", "牛 羊 鸡 鸭 鹅 兔 猪 鹿 马", "{w}是{m.short}身上的肉。", "妈妈买了一斤{w}。", "锅里炖着{w}。"],
  ["奶", "牛 羊 马", "{w}是{m.short}产的奶。", "请喝一杯{w}。", "每天早上都有人送{w}。"],
  ["蛋", "鸡 鸭 鹅", "{w}是{m.short}下的蛋。", "我煮了两个{w}。", "小心，别把{w}打破了。"],
  ["毛", "羊 兔 鸡 鸭 鹅 马", "{w}长在{m.short}身上。", "地上有一根{w}。", "用{w}可以做很多东西。"],
  ["皮", "牛 羊 猪 鹿 马 兔", "{w}是{m.short}的皮。", "这双鞋是用{w}做的。", "{w}可以做鞋和包。"],
  ["圈", "牛 羊 猪 马 鸡 鸭 鹅", "{w}里养着几{m.measure}{m.short}。", "{w}里有东西在{m.call}。", "农民每天打扫{w}。"],
];
const ofAnimals = animalHeads.map(([head, names, ...frames]) => ({
  part: { short: head } as Part,
  modifiers: only(animals, names),
  frames,
}));

export const food = compounds([...fruity, ...filled, ...ofAnimals]);
