import { bilingual } from "../texts.js";

export const encoderTexts = bilingual(
  {
    title: "Encoder",
    lead: "It reads one token after another and ends with a single vector, the code c: all that it remembers of the sentence.",
    cut: "1 · The line is cut into tokens, and each becomes its number",
    cutNote: (known: number) => `The vocabulary knows ${known} tokens; one that it does not know is read as <unk>.`,
    token: "Token",
    id: "Number",
    embedding: "Embedding",
    state: "State",
    similarity: "cos(c so far, c)",
    states: "2 · Numbers become vectors, vectors become states",
    statesNote: (embedding: number, state: number, cell: string, both: boolean) =>
      `Each number looks up ${embedding} learnt ones, its embedding. A ${cell} turns them, ${both ? "once from each end" : "from left to right"}, into ${state} numbers of state. A strip shows them all: blue above zero, orange below.`,
    code: "3 · The code c",
    codeNote: "The last state from either end, side by side. A decoder without attention sees nothing else.",
    codeLast: "The last state. A decoder without attention sees nothing else.",
    grows: "4 · How c grows",
    growsNote:
      "After each word the sentence could have ended. How near would its code have been to c, and which known sentences are nearest then?",
    nearest: "Nearest known sentences",
    map: "5 · A map of sentences",
    mapNote: (share: string) =>
      `Each dot is a known sentence, placed by its code along the two directions in which codes differ most (they hold ${share} of the differences). The line is yours, word by word.`,
    noPairs: "models.json has no known sentences for this model. Add your own below.",
    mine: "Your own sentences, one a line",
  },
  {
    title: "编码器",
    lead: "它一个词一个词地读，最后只留下一个向量，语义编码 c：这就是它对整句话的全部记忆。",
    cut: "1 · 句子分成词，每个词变成序号",
    cutNote: (known) => `词汇表有 ${known} 个词；不认识的词读作 <unk>。`,
    token: "词",
    id: "序号",
    embedding: "词向量",
    state: "状态",
    similarity: "cos(此时的 c, c)",
    states: "2 · 序号变成向量，向量变成状态",
    statesNote: (embedding, state, cell, both) =>
      `每个序号查到 ${embedding} 个学来的数，即词向量（Embedding）。${cell} ${both ? "从两端各读一遍" : "从左到右读"}，得到 ${state} 个数的状态。长条画出所有的数：蓝色大于零，橙色小于零。`,
    code: "3 · 语义编码 c",
    codeNote: "两个方向最后的状态并排放在一起。没有注意力的解码器只看得到它。",
    codeLast: "最后一个状态。没有注意力的解码器只看得到它。",
    grows: "4 · c 怎样长成",
    growsNote: "每读完一个词，句子都可能结束。若在此结束，编码离最终的 c 有多近？那时最近的已知句子是哪些？",
    nearest: "最近的已知句子",
    map: "5 · 句子的地图",
    mapNote: (share) =>
      `每个点是一个已知的句子，按编码差别最大的两个方向摆放（占全部差别的 ${share}）。折线是您的句子，一个词一步。`,
    noPairs: "models.json 里没有这个模型的已知句子。请在下面写上自己的。",
    mine: "您自己的句子，每行一句",
  },
);
