/** The phrase book turned round, in a size that leaves room for the others. */
const englishToChinese = {
  "source.language": "en",
  "source.lowercase": true,
  "target.language": "zh",
  "target.lowercase": false,
  "model.embeddingSize": 48,
  "model.encoder.hiddenSize": 48,
  "model.decoder.hiddenSize": 96,
};

/**
 * The models of the page by name: the example whose recipe and data they have, what is set otherwise, the metric they are judged
 * by, which of the four shapes they show, lines of the test that are tried first, and whether the whole test comes with it.
 */
export const specs = {
  phrases: {
    example: "phrase-book",
    task: "translate",
    shape: "N→M",
    languages: { source: "en", target: "zh" },
    title: { en: "Phrase book, English to Chinese", zh: "常用语，英译中" },
    metric: "exact",
    set: englishToChinese,
    showcase: ["What time is it now?", "I love studying.", "Welcome to Beijing."],
    bringsTest: true,
  },
  "phrases-plain": {
    example: "phrase-book",
    task: "translate",
    shape: "N→M",
    languages: { source: "en", target: "zh" },
    title: { en: "The same without attention", zh: "同样的数据，没有注意力" },
    metric: "exact",
    set: { ...englishToChinese, "model.attention.kind": "none" },
    showcase: ["What time is it now?", "I love studying.", "Welcome to Beijing."],
  },
  "zh-en": {
    example: "phrase-book",
    task: "translate",
    shape: "N→M",
    languages: { source: "zh", target: "en" },
    title: { en: "Phrase book, Chinese to English", zh: "常用语，中译英" },
    metric: "exact",
    showcase: ["我爱学习", "欢迎来北京", "现在几点了"],
  },
  words: {
    example: "word-to-sentence",
    task: "translate",
    shape: "1→N",
    languages: { source: "zh", target: "zh" },
    title: { en: "A word → a sentence about it", zh: "一个词 → 一句话" },
    metric: "ppl",
    set: { "model.embeddingSize": 64, "model.encoder.hiddenSize": 64, "model.decoder.hiddenSize": 128 },
    showcase: ["竹椅", "草莓蛋糕", "法国人"],
  },
  kinds: {
    example: "sentence-kinds",
    task: "classify",
    shape: "N→1",
    languages: { source: "zh" },
    title: { en: "A sentence → its kind", zh: "一句话 → 它的类别" },
    metric: "accuracy",
    showcase: ["她不喜欢买电脑吗", "能帮我买电脑吗"],
  },
  couplets: {
    example: "parallel-lines",
    task: "translate",
    shape: "N→N",
    languages: { source: "zh", target: "zh" },
    title: { en: "A line of verse → its parallel line", zh: "上联 → 下联" },
    metric: "exact",
    showcase: ["窗前明月光"],
  },
  smalltalk: {
    example: "small-talk",
    task: "translate",
    shape: "N→M",
    languages: { source: "zh", target: "zh" },
    title: { en: "Small talk", zh: "闲谈" },
    metric: "exact",
    showcase: ["我哥哥在昆明当画家", "比赛九点开始，十一点结束", "讲座几点开始 ⏎ 讲座八点开始。 ⏎ 要两个小时吧"],
  },
};
