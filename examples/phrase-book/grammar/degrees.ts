/** How much: 很, 非常, 真 of anything, 有点 of faults. */

import type { Draw } from "../../made-data/draw.js";
import { lexeme, type Phrase } from "../phrase.js";
import { chineseOf } from "./entry.js";

const degrees = [lexeme("很", "very"), lexeme("非常", "extremely"), lexeme("真", "really")];

/** What one complains of: only these are 有点, "a little", or 太, "too". */
const faults = new Set(
  `大 小 贵 旧 慢 难 长 短 咸 辣 苦 酸 油腻 脏 暗 吵 重 硬 厚 胖 懒 奇怪 可怕 无聊 热 冷 累 饿 渴 困 紧张 担心 生气 难过 孤单
  远 瘦 矮 潮湿 干燥`.split(/\s+/),
);

export function isFault(quality: Phrase): boolean {
  return faults.has(chineseOf(quality));
}

export function drawDegree(draw: Draw, quality: Phrase): Phrase {
  return draw.pick(isFault(quality) ? [...degrees, lexeme("有点", "a little")] : degrees);
}
