import { DataError } from "../errors.js";
import { writeFileWhole } from "../node-files.js";
import { toHuggingFace } from "../text/hugging-face.js";
import { fitTokenizer, type Normalization, type Tokenizer } from "../text/tokenizer.js";
import { Vocabulary } from "../text/vocabulary.js";
import { formatCount } from "../view/format-numbers.js";
import { lineGroups, openInput, writeOut } from "./lines.js";
import { readTokenizer } from "./training-input.js";

export interface TokenizerTrainOptions {
  out: string;
  kind: "bpe" | "bytes";
  vocabSize: number;
  minFrequency: number;
  characterCoverage: number;
  normalization: Normalization;
  lowercase?: boolean;
}

/** Learns a tokeniser from the lines of text files and writes it as tokenizer.json. */
export async function tokenizerTrainCommand(files: readonly string[], options: TokenizerTrainOptions): Promise<void> {
  const { out, kind, lowercase = false, normalization, ...sizes } = options;
  const lines: string[] = [];
  for (const file of files)
    for await (const group of lineGroups(openInput(file), nameOf(file))) for (const line of group) lines.push(line);
  const tokenizer = fitTokenizer(lines, { kind, language: "auto", lowercase, normalization }, undefined, sizes);
  await writeFileWhole(out, toHuggingFace(tokenizer));
  const size = Vocabulary.ofTokens(tokenizer.tokens!, []).size;
  const merges = tokenizer.toJSON().bpe?.merges.length ?? 0;
  process.stderr.write(`${out}: ${size} tokens, ${merges} merges, from ${formatCount(lines.length)} lines\n`);
}

/** Line in, tokens out with spaces between; or, with `ids`, their numbers. Pieces hold no space: it is the mark ▁. */
export async function tokenizerEncodeCommand(path: string, file = "-", { ids = false }: { ids?: boolean }) {
  const tokenizer = await readTokenizer(path);
  const vocabulary = Vocabulary.ofTokens(tokenizer.tokens!, []);
  await eachLine(file, (line) => {
    const tokens = tokenizer.encode(line);
    return (ids ? vocabulary.toIds(tokens) : tokens.map(spelled)).join(" ");
  });
}

/** Tokens with spaces between in, or with `ids` their numbers; line out. */
export async function tokenizerDecodeCommand(path: string, file = "-", { ids = false }: { ids?: boolean }) {
  const tokenizer = await readTokenizer(path);
  await eachLine(file, (line) => {
    const words = line.split(" ").filter((word) => word !== "");
    return tokenizer.decode(ids ? tokensOfIds(words, tokenizer, path) : words.map(meant));
  });
}

function tokensOfIds(words: readonly string[], tokenizer: Tokenizer, path: string): string[] {
  const vocabulary = Vocabulary.ofTokens(tokenizer.tokens!, []);
  const isId = (word: string) => /^\d+$/.test(word) && Number(word) < vocabulary.size;
  const stray = words.find((word) => !isId(word));
  if (stray !== undefined)
    throw new DataError(
      `decode: expected ids from 0 to ${vocabulary.size - 1} of ${path}, got ${JSON.stringify(stray)}. Leave out --ids if these are tokens.`,
    );
  return vocabulary.toTokens(words.map(Number));
}

/** The byte 0x20 is a token of its own; between spaces it would be lost. */
const SPACE_BYTE = "<0x20>";
const spelled = (token: string) => (token === " " ? SPACE_BYTE : token);
const meant = (word: string) => (word === SPACE_BYTE ? " " : word);

const nameOf = (file: string) => (file === "-" ? "(standard input)" : file);

async function eachLine(file: string, change: (line: string) => string): Promise<void> {
  for await (const lines of lineGroups(openInput(file), nameOf(file)))
    await writeOut(lines.map((line) => `${change(line)}\n`).join(""));
}
