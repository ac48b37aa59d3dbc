/**
 * Words that answer each other in parallel lines: of one kind, of one length, the last character of the first level (平),
 * of the second oblique (仄: the falling tones and the old entering tone, as in 月, 竹, 石).
 */

export type Tone = "level" | "oblique";

export interface WordPair {
  readonly kind: Kind;
  readonly level: string;
  readonly oblique: string;
}

const nouns = {
  lights: `疏星 明月, 残阳 新月, 寒星 冷月, 斜阳 落日, 晴霞 朗月, 孤灯 远火, 渔灯 野火, 华灯 皎月, 春灯 秋月, 青灯 素月,
    朝阳 晓月, 流霞 夜火`,
  airs: `清风 细雨, 秋风 春雨, 东风 夜雨, 微风 大雪, 浮云 薄雾, 白云 紫气, 寒霜 冷露, 和风 甘露, 晴云 宿雨, 孤烟 晓雾,
    炊烟 暮雪, 闲云 暖气, 青云 白雾`,
  lands: `青山 碧水, 高山 大海, 千山 万水, 长江 大漠, 清泉 怪石, 春江 秋水, 平原 旷野, 群峰 众壑, 孤峰 断岸, 幽溪 远浦,
    平湖 叠嶂, 长河 远岫, 清波 碧浪, 寒潭 野渡, 深山 浅水, 空山 静水, 沙洲 石径, 长空 大陆`,
  plants: `桃花 柳叶, 荷花 桂子, 梅花 竹叶, 红花 绿叶, 苍松 翠竹, 垂杨 细柳, 幽兰 瘦菊, 残花 落叶, 寒梅 晚菊, 青松 老树,
    黄花 白草, 繁花 茂草, 丹枫 碧草, 浮萍 弱柳, 幽篁 古木, 红莲 绿竹, 闲花 野草`,
  birds: `黄莺 紫燕, 流莺 乳燕, 孤鸿 独鹤, 飞鸿 宿鸟, 寒鸦 旅雁, 沙鸥 野鹤, 归鸦 去雁, 黄鹂 白鹭`,
  insects: "蜻蜓 蛱蝶, 流萤 舞蝶",
  beasts: "青牛 白马, 山鸡 野鹿, 游鱼 走兽",
  people: `渔人 牧子, 游人 过客, 诗人 酒客, 佳人 壮士, 农夫 钓叟, 樵夫 牧女, 高僧 隐士, 书生 侠客, 离人 旧友, 行人 旅客,
    儿童 父老, 村姑 野老`,
  buildings: `高楼 小院, 朱门 画阁, 茅亭 草舍, 长桥 古渡, 山村 水驿, 孤城 远寺, 红楼 碧瓦, 荒村 故里, 南楼 北阁, 高台 旧馆,
    幽居 小筑, 闲庭 静室, 西窗 北户, 深宫 曲院`,
  sounds: "钟声 笛韵, 松涛 竹韵, 歌声 笑语, 渔歌 牧笛, 晨钟 暮鼓, 泉声 鸟语, 清歌 雅曲, 琴声 鼓点",
  /** One character, for lines such as 花开月落. */
  light: "星 月, 霞 日",
  plant: "花 草, 兰 菊, 桃 柳, 荷 桂",
  bird: "莺 燕, 鸿 鹤, 鹂 鹭, 鸦 雁",
} as const;

const others = {
  wheres: `窗前 枕上, 松间 石上, 门前 屋后, 楼头 槛外, 溪边 柳下, 花间 月下, 云中 雨里, 池边 院里, 亭边 路上, 村前 陌上,
    湖心 渡口, 堂前 灯下, 篱边 架下, 风前 雪里, 桥边 岸上, 林中 野外`,
  /** Where a whole scene lies; other words than `wheres`, so that a held-out place is met in no scene. */
  sites: "江南 塞北, 山前 水上, 天边 海上, 江边 岭上, 关中 蜀道, 城中 郭外",
  whens: `春来 秋去, 朝来 夜至, 今朝 昨夜, 清晨 傍晚, 平时 此刻, 当年 此日, 春朝 月夜, 晴时 雨后, 闲时 醉后, 春深 夜半,
    天明 日暮, 年年 岁岁, 时时 处处`,
  /** What follows a light, an air or a plant at the line's end: 窗前明月光. */
  glow: "光 影",
  noise: "声 响",
  scent: "香 色",
  hows: "依依 袅袅, 青青 郁郁, 萋萋 漠漠",
  crowds: "双双 对对, 声声 阵阵, 纷纷 点点",
  meets: "迎 送, 邀 伴, 含 带, 涵 映, 牵 引, 遮 掩, 连 接",
  visits: "寻 访, 吟 咏, 怜 爱, 观 赏, 思 忆",
  nests: "穿 入, 栖 宿, 依 恋",
  picks: "衔 弄",
  touches: "临 拂, 摇 动, 笼 罩",
  shines: "流 照, 生 起, 移 转, 沉 落",
  drifts: "飘 散, 生 起, 移 转",
  blooms: "开 谢, 芳 艳, 摇 动",
  colours: "红 绿",
  flies: "飞 舞, 鸣 唱, 归 去, 眠 卧, 啼 叫, 游 戏",
  flits: "飞 舞, 游 戏",
  roams: "游 戏, 归 去, 眠 卧",
  rests: "行 坐, 眠 卧, 归 去, 歌 笑",
  /** Answers that stand in no line: what one learns to begin with. */
  alone: `天 地, 风 雨, 山 水, 云 雾, 江 海, 霜 雪, 秋 夏, 朝 暮, 南 北, 龙 虎, 松 竹, 枝 叶, 鱼 鸟, 蝉 蝶, 猿 鹿, 琴 笛, 诗 酒, 黄 白, 青 紫, 长 短, 深 浅,
    新 旧, 轻 重, 多 少, 前 后, 今 古, 师 友, 文 武, 君 子, 楼 阁, 门 户, 书 画, 茶 饭, 名 利, 言 语`,
} as const;

export type NounKind = keyof typeof nouns;
export type Kind = NounKind | keyof typeof others;

function pairsOf(kind: Kind, text: string): WordPair[] {
  return text.split(",").map((pair) => {
    const [level, oblique] = pair.trim().split(" ") as [string, string];
    return { kind, level, oblique };
  });
}

/** The pairs by kind. */
export const lexicon = Object.fromEntries(
  Object.entries({ ...nouns, ...others }).map(([kind, text]) => [kind, pairsOf(kind as Kind, text)]),
) as unknown as Readonly<Record<Kind, readonly WordPair[]>>;

export const opposite = { level: "oblique", oblique: "level" } as const satisfies Record<Tone, Tone>;
