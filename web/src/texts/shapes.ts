import { bilingual } from "../texts.js";

export const shapesTexts = bilingual(
  {
    title: "Four shapes",
    lead: "Models of sequences differ in how much goes in and how much comes out. All four run here: change a line and watch.",
    line: "Input",
    counts: (read: number, written: number) => `${read} read, ${written} written`,
    label: "the label",
    why: "The darker a token, the more the label depends on it (gradient × input).",
    more: "See inside",
    shapes: {
      words: {
        sign: "1 → N",
        name: "One in, many out",
        about: "A word becomes a sentence about it: text grows from a topic.",
      },
      kinds: {
        sign: "N → 1",
        name: "Many in, one out",
        about: "A sentence becomes its kind: the encoder's code c is all a classifier needs.",
      },
      couplets: {
        sign: "N → N",
        name: "As many out as in",
        about: "A line of verse becomes its parallel line: one character for each character.",
      },
      smalltalk: {
        sign: "N → M",
        name: "Many in, another number out",
        about:
          "A remark becomes a reply, a sentence its translation: neither side sets the other's length. This is Seq2Seq.",
      },
    },
    nothing: "The model of this shape is not here.",
  },
  {
    title: "四种结构",
    lead: "处理序列的模型，区别在于读入多少、写出多少。四种都在这里运行：改一改输入，看看结果。",
    line: "输入",
    counts: (read, written) => `读入 ${read} 个，写出 ${written} 个`,
    label: "类别",
    why: "颜色越深，结果越取决于这个词（梯度 × 输入）。",
    more: "看内部",
    shapes: {
      words: { sign: "1 → N", name: "单输入，多输出", about: "给一个词，写一句关于它的话：文本由主题生长出来。" },
      kinds: { sign: "N → 1", name: "多输入，单输出", about: "给一句话，判断它的类别：分类只需要编码器的语义编码 c。" },
      couplets: { sign: "N → N", name: "输出与输入等长", about: "给一句诗，对出下句：一个字对一个字。" },
      smalltalk: {
        sign: "N → M",
        name: "多输入，多输出，长度不同",
        about: "给一句话得到回答，给一句话得到译文：两边的长度互不决定。这就是 Seq2Seq。",
      },
    },
    nothing: "这里没有这种结构的模型。",
  },
);
