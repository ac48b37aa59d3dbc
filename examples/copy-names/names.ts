/** Names and numbers nobody has: syllables and digits drawn at random, so that no vocabulary can hold them. */
import type { Draw } from "../made-data/draw.js";

const openings = [..."bdfghjklmnprstvz"];
const vowels = "a e i o u ai ei".split(" ");
const closings = ["", "", "", "l", "n"];
const endings = "a o in en ar us ick ov ani ero ita".split(" ");

/** Belandro, Kirsatu: two or three syllables. */
export function latinName(draw: Draw): string {
  const syllable = () => draw.pick(openings) + draw.pick(vowels) + draw.pick(closings);
  const middle = draw.chance(0.5) ? syllable() : "";
  const name = syllable() + middle + draw.pick(openings) + draw.pick(endings);
  return name[0]!.toUpperCase() + name.slice(1);
}

const surnames = [
  ..."赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜",
  "欧阳",
  "司马",
  "上官",
  "诸葛",
  "慕容",
];
const givenCharacters = [
  ..."安柏昌晨澄川丹德冬帆芳峰歌国海涵航浩禾恒弘欢辉嘉佳建江杰锦静君凯康可朗岚乐蕾黎丽良林琳灵龙璐茂梅明默南宁培鹏平萍琦谦青晴泉然仁荣如瑞若森珊诗书舒思松素涛天庭桐维文晓欣新星秀轩雪雅言阳瑶怡艺逸英盈永友宇雨语玉月悦云泽展哲真知志致中子梓",
];

/** 沈澄川, 慕容知语: a surname and two characters. */
export function chineseName(draw: Draw): string {
  return draw.pick(surnames) + draw.pick(givenCharacters) + draw.pick(givenCharacters);
}

/** A number of five to eight digits, not beginning with 0. */
export function longNumber(draw: Draw): string {
  const digits = [draw.between(1, 9), ...Array.from({ length: draw.between(4, 7) }, () => draw.between(0, 9))];
  return digits.join("");
}
