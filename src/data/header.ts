/** What columns of pairs are called, by those who give them names. */
const ROLES = [
  ..."source src target tgt trg input output text label labels class category tag tags sentence".split(" "),
  ..."translation question answer reference original word pronunciation phonemes from to".split(" "),
  ..."源 源语言 目标 目标语言 原文 译文 输入 输出 文本 句子 标签 类别 问题 答案 问 答 单词 发音".split(" "),
];
const LANGUAGES =
  "ar bn bg cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nl no pl pt ro ru sk sl sr sv th tr uk vi zh";

const columnNames = new Set([...ROLES, ...LANGUAGES.split(" ").flatMap(namesOfLanguage)]);

/** `de`, and what it is called in English, Chinese and itself. */
function namesOfLanguage(tag: string): string[] {
  const names = ["en", "zh", tag].map((own) => new Intl.DisplayNames(own, { type: "language" }).of(tag) ?? tag);
  return [tag, ...names.map((name) => name.toLowerCase())];
}

/** `Source sentence`, `target_text`, `label (de)`: one word, or several that all name a column. */
function namesColumn(cell: string): boolean {
  const words = cell.toLowerCase().match(/[\p{L}\p{M}]+/gu) ?? [];
  return words.length > 0 && words.every((word) => columnNames.has(word));
}

/** Whether the cells of a first line are the names of columns rather than an example. */
export const looksLikeHeader = (cells: readonly string[]): boolean => cells.length > 0 && cells.every(namesColumn);
