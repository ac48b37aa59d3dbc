/** Things by what they are made of, by their colour, and where things are sold and made. */
import { compounds, only, type Part, table } from "../family.js";

const materials = table(
  "full trait",
  `木   木头  怕火
   竹   竹子  很轻
   铁   铁    会生锈
   铜   铜    很重
   石   石头  很硬
   玻璃 玻璃  容易碎
   纸   纸    怕水
   布   布    很软
   皮   皮革  很耐用
   塑料 塑料  很便宜
   瓷   陶瓷  很光滑
   银   银子  很贵
   草   干草  容易着火
   棉   棉花  很暖和
   毛   羊毛  很暖和
   丝   蚕丝  很光滑
   麻   麻    很凉快`,
);

const vessels = table(
  "full measure made_of use",
  `桌 桌子 张 木,竹,铁,石,玻璃,塑料             我在{w}上写字。
   椅 椅子 把 木,竹,铁,石,塑料                  爷爷坐在{w}上休息。
   床 床   张 木,竹,铁,石                       妹妹躺在{w}上睡觉。
   柜 柜子 个 木,铁,玻璃,塑料,竹                妈妈把衣服放进{w}里。
   盒 盒子 个 木,铁,纸,竹,塑料,银,玻璃          我把糖果放在{w}里。
   箱 箱子 个 木,铁,纸,皮,塑料,竹               行李都装在{w}里。
   杯 杯子 个 玻璃,纸,瓷,塑料,竹,木,银,铜       我用{w}喝水。
   碗 碗   个 瓷,木,铁,竹,玻璃,银,塑料,铜,石    我用{w}吃饭。
   盘 盘子 个 瓷,木,竹,铁,玻璃,银,铜,塑料,纸    妈妈用{w}盛菜。
   壶 壶   把 铁,铜,瓷,银,玻璃,塑料             爷爷用{w}泡茶。
   勺 勺子 把 木,铁,瓷,银,塑料,竹,铜            我用{w}喝汤。
   筷 筷子 双 竹,木,银,铁,塑料                  我用{w}夹菜。
   盆 盆   个 木,铁,铜,瓷,塑料,石               奶奶用{w}洗衣服。
   桶 桶   只 木,铁,塑料,铜                     叔叔用{w}提水。
   裙 裙子 条 棉,丝,麻,毛,皮,纸                姐姐穿着{w}去跳舞。
   袜 袜子 双 棉,丝,毛                          睡觉以前，他脱下了{w}。
   被 被子 床 棉,丝,毛                          晚上冷，我盖上了{w}。
   巾 头巾 条 棉,丝,毛,麻,布                    奶奶头上包着{w}。
   垫 垫子 块 棉,草,皮,麻,竹,布                 地上铺着一块{w}，坐上去很舒服。
   袋 袋子 个 布,纸,麻,皮,塑料,草               妈妈用{w}装菜。
   绳 绳子 根 草,麻,棉,塑料,皮                  他用{w}把行李捆好。
   箭 箭   支 木,竹,铁                          猎人射出了一支{w}。
   帽 帽子 顶 草,布,皮,纸,毛,棉                    他头上戴着一顶{w}。
   鞋 鞋子 双 草,布,皮,木,塑料,棉               他脚上穿着一双{w}。
   包 包   个 布,皮,纸,塑料                  姐姐背着一个{w}去上学。
   梳 梳子 把 木,竹,塑料,铜,银                  她用{w}梳头发。
   尺 尺子 把 木,竹,铁,塑料,铜                  我用{w}量长短。
   扇 扇子 把 纸,竹,布,草                       天太热了，奶奶摇着一把{w}。
   牌 牌子 块 木,铁,铜,塑料,石                  门口挂着一块{w}。
   球 球   个 皮,塑料,布,玻璃                    孩子们在玩一个{w}。
   灯 灯   盏 纸,铜,玻璃,石,竹                  屋里点着一盏{w}。
   船 船   条 木,铁,竹,纸,塑料                  水上漂着一条{w}。
   门 门   扇 木,铁,石,玻璃,铜                  请把{w}关上。`,
);

const madeOf = vessels.map((part) => ({
  part,
  modifiers: only(materials, part["made_of"]!.replaceAll(",", " ")),
  frames: [
    "{w}是用{m.full}做的{h.full}。",
    "这{h.measure}{w}{m.trait}。",
    "他做了一{h.measure}{w}。",
    "{w}和别的{h.full}不一样，{m.trait}。",
    "我把{m.full}交给他，他做成了一{h.measure}{w}。",
    "这{h.measure}{w}多少钱？",
    part["use"]!,
  ],
}));

const colours = table(
  "like",
  `红 火
   白 雪
   黑 墨
   黄 金子
   蓝 天空
   绿 草地
   紫 葡萄
   灰 乌云`,
);

/** `does` is a sentence of such a thing or animal alone. */
const coloured = table(
  "full measure colours does",
  `猫   猫   只 白,黑,黄,灰             {w}在屋顶上睡觉。
   狗   狗   只 白,黑,黄,灰             {w}对着陌生人叫。
   马   马   匹 白,黑,红,灰             {w}在草原上奔跑。
   兔   兔子 只 白,黑,灰                {w}最爱吃胡萝卜。
   羊   羊   只 白,黑,灰                {w}在山坡上吃草。
   鸟   鸟   只 白,黑,黄,灰,蓝,绿       树上的{w}在唱歌。
   鱼   鱼   条 白,黑,黄,灰,红          {w}在水里游来游去。
   花   花   朵 红,白,黄,蓝,紫          春天到了，{w}开了。
   衬衫 衬衫 件 红,白,黑,黄,蓝,绿,紫,灰 哥哥穿着{w}去上班。
   毛衣 毛衣 件 红,白,黑,黄,蓝,绿,紫,灰 天冷了，快穿上{w}。
   裙子 裙子 条 红,白,黑,黄,蓝,绿,紫,灰 她穿上{w}去跳舞。
   裤子 裤子 条 红,白,黑,黄,蓝,绿,紫,灰 弟弟的{w}太长了。
   帽子 帽子 顶 红,白,黑,黄,蓝,绿,紫,灰 爷爷出门戴{w}。
   围巾 围巾 条 红,白,黑,黄,蓝,绿,紫,灰 奶奶织了一条{w}。
   书包 书包 个 红,白,黑,黄,蓝,绿,紫,灰 我背着{w}去学校。
   汽车 汽车 辆 红,白,黑,黄,蓝,绿,紫,灰 {w}停在路边。
   自行车 自行车 辆 红,白,黑,黄,蓝,绿   我骑着{w}去公园。
   雨伞 雨伞 把 红,白,黑,黄,蓝,绿,紫,灰 下雨了，我打开{w}。
   气球 气球 个 红,白,黑,黄,蓝,绿,紫    {w}飞上了天。
   铅笔 铅笔 支 红,黑,黄,蓝,绿,紫       我用{w}画画。`,
);

const byColour = coloured.map((part) => ({
  part,
  modifiers: only(colours, part["colours"]!.replaceAll(",", " ")),
  frames: [
    "{w}是{m.short}色的{h.full}。",
    "这{h.measure}{w}{m.short}得像{m.like}。",
    "我看见了一{h.measure}{w}。",
    "那{h.measure}{w}是谁的？",
    "我喜欢{m.short}色，所以要了这{h.measure}{w}。",
    part["does"]!,
  ],
}));

const goods = table(
  "measure",
  `书 本
   鞋 双
   花 束
   水果 斤
   面包 个
   衣服 件
   玩具 个
   药 盒
   茶叶 盒
   蛋糕 块
   手机 部
   电脑 台
   家具 套
   自行车 辆
   糖果 包
   眼镜 副
   帽子 顶
   雨伞 把
   手表 块
   蔬菜 斤`,
);

const [shop, factory, company, market] = table("", "店\n厂\n公司\n市场") as [Part, Part, Part, Part];
const trade = [
  {
    part: shop,
    modifiers: goods,
    frames: [
      "{w}是卖{m.short}的地方。",
      "我去{w}买了一{m.measure}{m.short}。",
      "这家{w}的{m.short}很好。",
      "{w}里摆满了{m.short}。",
    ],
  },
  {
    part: factory,
    modifiers: only(goods, "鞋 面包 衣服 玩具 药 茶叶 蛋糕 手机 电脑 家具 自行车 糖果 眼镜 帽子 雨伞 手表"),
    frames: [
      "{w}是生产{m.short}的地方。",
      "{w}的工人每天生产很多{m.short}。",
      "这座{w}一天能生产几千{m.measure}{m.short}。",
    ],
  },
  {
    part: company,
    modifiers: only(goods, "水果 衣服 玩具 茶叶 手机 电脑 家具 自行车 糖果 眼镜 手表 蔬菜"),
    frames: ["这家{w}把{m.short}卖到全国。", "我叔叔在{w}上班，天天和{m.short}打交道。"],
  },
  {
    part: market,
    modifiers: only(goods, "鞋 花 水果 衣服 玩具 茶叶 手机 电脑 家具 自行车 糖果 眼镜 手表 蔬菜"),
    frames: [
      "在{w}可以买到便宜的{m.short}。",
      "星期天，{w}里到处都是卖{m.short}的人。",
      "我在{w}挑了一{m.measure}{m.short}。",
    ],
  },
];

const vehicles = table(
  "by from",
  `火车 坐 火车站
   汽车 坐 汽车站
   地铁 坐 地铁站
   飞机 坐 机场
   轮船 坐 码头
   缆车 坐 山脚下
   马车 坐 村口
   自行车 骑 家门口`,
);
const passengers = only(vehicles, "火车 汽车 地铁 飞机 轮船 缆车 马车");
const rides = [
  {
    part: { short: "票" },
    modifiers: passengers,
    frames: ["{w}是坐{m.short}要买的票。", "带上{w}，我们去{m.from}吧。", "我买了两张{w}。"],
  },
  {
    part: { short: "司机" },
    modifiers: only(vehicles, "火车 汽车 地铁 马车"),
    frames: ["{w}是驾驶{m.short}的人。", "{w}每天在{m.from}和家之间来回。", "我爸爸是{w}。"],
  },
  {
    part: { short: "模型" },
    modifiers: vehicles,
    frames: ["{w}和真的{m.short}一样，就是小得多。", "弟弟把{w}摆在桌上。", "他做了一个{w}。"],
  },
  {
    part: { short: "旅行" },
    modifiers: vehicles,
    frames: ["{w}是从{m.from}开始的。", "{w}就是{m.by}着{m.short}去看世界。", "{w}让我看到了很多风景。"],
  },
];

export const things = compounds([...madeOf, ...byColour, ...trade, ...rides]);
