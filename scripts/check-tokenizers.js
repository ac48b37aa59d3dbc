// Byte-pair encoding beside Hugging Face's tokenizers (JavaScript and Python): the same ids and texts for 100,000 lines of
// many languages, the same merges learnt; then seconds of training and tokens a second.
//   npm run check:tokenizers      TANDEM_TOKENIZERS_PYTHON names a Python that has `tokenizers`, else python3 is asked
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Tokenizer } from "@huggingface/tokenizers";
import { fitTokenizer, fromHuggingFace, hashText, toHuggingFace, Vocabulary } from "tandem-seq2seq";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const data = join(root, "../shared/data");
const LINES = 100_000;
/** What must be reached: seconds of CPU time for 16,000 merges on a million lines, and tokens a second. */
const MOST_SECONDS = 60;
const LEAST_TOKENS_A_SECOND = 1_000_000;

if (!existsSync(data)) {
  console.warn("NOT RUN: tokenizers beside Hugging Face's; the folder ../shared/data is absent.");
  process.exit();
}

/** Lines that real text rarely has. */
const ODD_LINES = [
  "  two  spaces\tand a tab ",
  "▁ the mark itself▁",
  "</s> <unk> <0x41> are text",
  "Tom在北京 10点学中文。ｶﾀｶﾅ 々〆ヶ カタカナー",
  "ﬁne ½ ① ㎏ Å é e\u0301 \u1e9b\u0323",
  "ΟΔΟΣ ΣΑΣ İstanbul ẞ ǅ",
  "x".repeat(200),
  "学".repeat(40),
  "\u0301a \u200d👩‍👩‍👧‍👦🇩🇪 \ufeff𠮷野家 \u0000 \u{10ffff}",
  " ",
  "   ",
];

/** The columns of every TSV file, each file with a like share. */
function corpusLines() {
  const files = readdirSync(data, { recursive: true })
    .filter((name) => name.endsWith(".tsv"))
    .sort();
  const columns = files.map((name) => [
    ...new Set(
      readFileSync(join(data, name), "utf8")
        .split(/\r?\n/u)
        .flatMap((line) => line.split("\t")),
    ),
  ]);
  const lines = new Set();
  for (let row = 0; lines.size < LINES - ODD_LINES.length; row++)
    for (const column of columns) if (column[row]) lines.add(column[row]);
  return [...lines].slice(0, LINES - ODD_LINES.length).concat(ODD_LINES);
}

const python = process.env.TANDEM_TOKENIZERS_PYTHON ?? "python3";
const hasPython = spawnSync(python, ["-c", "import tokenizers"]).status === 0;
if (!hasPython)
  console.warn(`NOT RUN: the comparison with Python; ${python} has no tokenizers. Set TANDEM_TOKENIZERS_PYTHON.`);

const folder = mkdtempSync(join(tmpdir(), "tandem-tokenizers-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Ids and decoded texts by the Python package, and the merges its own trainer learns. */
function askPython(file, lines, vocabSize) {
  const input = join(folder, "lines.json");
  const output = join(folder, "answer.json");
  writeFileSync(input, JSON.stringify(lines));
  const script = join(root, "test/oracles/check_tokenizers.py");
  const { status, stderr } = spawnSync(python, [script, file, input, output, String(vocabSize)], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${python}: expected the ids of ${lines.length} lines, got ${stderr}`);
  return JSON.parse(readFileSync(output, "utf8"));
}

/** Where the JavaScript package differs from the Python one: it lower-cases a final Σ to ς, and drops U+FEFF from bytes. */
const isKnownOfJavaScript = (line, { kind, lowercase }) =>
  (lowercase && line.includes("Σ")) || (kind === "bytes" && line.includes("\ufeff"));

let failed = false;
function report(what, wrong, all) {
  if (wrong > 0) failed = true;
  console.log(`  ${what}: ${all - wrong} of ${all} the same${wrong > 0 ? "   FAILED" : ""}`);
}

const lines = corpusLines();
const VARIANTS = [
  { kind: "bpe", normalization: "NFC", lowercase: false, vocabSize: 16_000 },
  { kind: "bpe", normalization: "NFKC", lowercase: true, vocabSize: 8_000 },
  { kind: "bpe", normalization: "none", lowercase: false, vocabSize: 12_000, characterCoverage: 0.999 },
  { kind: "bytes", normalization: "NFC", lowercase: false },
];
for (const { kind, normalization, lowercase, vocabSize = 260, characterCoverage = 1 } of VARIANTS) {
  const options = { kind, language: "auto", lowercase, normalization };
  const tokenizer = fitTokenizer(lines, options, undefined, { vocabSize, minFrequency: 1, characterCoverage });
  const text = toHuggingFace(tokenizer);
  const file = join(folder, "tokenizer.json");
  writeFileSync(file, text);
  const vocabulary = Vocabulary.ofTokens(tokenizer.tokens, []);
  const own = lines.map((line) => vocabulary.toIds(tokenizer.encode(line)));
  const ownTexts = own.map((ids) => tokenizer.decode(vocabulary.toTokens(ids)));
  const count = own.reduce((sum, ids) => sum + ids.length, 0);
  console.log(
    `${kind} ${normalization}${lowercase ? " lower-cased" : ""}, ${vocabulary.size} tokens: ${lines.length} lines, ${count} tokens`,
  );

  const compare = (name, ids, texts, isKnown = () => false) => {
    const known = lines.map((line) => isKnown(line, options));
    const knownCount = known.filter(Boolean).length;
    if (knownCount > 0) console.log(`  ${name} is known to differ in ${knownCount} lines, which are left out`);
    const wrong = own.flatMap((row, i) => (known[i] || row.join() === ids[i].join() ? [] : [i]));
    report(`ids of ${name}`, wrong.length, lines.length);
    for (const i of wrong.slice(0, 3)) console.log(`    ${JSON.stringify(lines[i])}\n    ${own[i]}\n    ${ids[i]}`);
    const other = ownTexts.flatMap((own, i) => (known[i] || own === texts[i] ? [] : [i]));
    report(`texts of ${name}`, other.length, lines.length);
    for (const i of other.slice(0, 3))
      console.log(`    ${JSON.stringify(ownTexts[i])}\n    ${JSON.stringify(texts[i])}`);
  };
  const theirs = new Tokenizer(JSON.parse(text), {});
  const ids = lines.map((line) => theirs.encode(line).ids);
  compare(
    "@huggingface/tokenizers",
    ids,
    ids.map((row) => (row.length === 0 ? "" : theirs.decode(row, { clean_up_tokenization_spaces: false }))),
    isKnownOfJavaScript,
  );
  if (hasPython) {
    const answer = askPython(file, lines, kind === "bpe" && characterCoverage === 1 ? vocabSize : 0);
    compare("tokenizers in Python", answer.ids, answer.texts);
    if (answer.merges) {
      const merges = JSON.parse(text).model.merges.map((pair) => pair.join(" "));
      report(
        "merges that its trainer learns",
        merges.filter((pair, i) => pair !== answer.merges[i]?.join(" ")).length,
        merges.length,
      );
    }
  }
  const again = toHuggingFace(fromHuggingFace(text, "tokenizer.json"));
  report("file read and written again", Number(again !== text), 1);
}

/** A million lines: those of the corpus over and over, in later rounds with a letter of every tenth word changed. */
function million() {
  const base = readFileSync(join(data, "multi30k/de-en/train.tsv"), "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => line.split("\t").slice(0, 2));
  return Array.from({ length: 1_000_000 }, (_, i) => {
    const line = base[i % base.length];
    if (i < base.length) return line;
    const vary = (word, place) => {
      const hash = hashText(`${i} ${place}`);
      if (word === "" || hash % 10 !== 0) return word;
      const at = (hash >>> 8) % word.length;
      return word.slice(0, at) + String.fromCharCode(97 + ((hash >>> 16) % 26)) + word.slice(at + 1);
    };
    return line.split(" ").map(vary).join(" ");
  });
}

const many = million();
const options = { kind: "bpe", language: "auto", lowercase: false, normalization: "NFC" };
/** Of this process: what one core would need with nothing beside it. */
const cpuSeconds = () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6;
let started = cpuSeconds();
const trained = fitTokenizer(many, options, undefined, { vocabSize: 16_200, minFrequency: 1, characterCoverage: 1 });
const seconds = cpuSeconds() - started;
const merges = trained.toJSON().bpe.merges.length;
started = cpuSeconds();
const tokens = many.reduce((sum, line) => sum + trained.encode(line).length, 0);
const rate = tokens / (cpuSeconds() - started);
if (seconds > MOST_SECONDS || rate < LEAST_TOKENS_A_SECOND) failed = true;
console.log(
  `${merges} merges learnt from ${many.length} lines in ${seconds.toFixed(1)} s of CPU time (at most ${MOST_SECONDS})`,
);
console.log(
  `${(rate / 1e6).toFixed(2)} million tokens encoded in a second of CPU time (at least ${LEAST_TOKENS_A_SECOND / 1e6})`,
);
if (failed) {
  console.error("check:tokenizers: FAILED");
  process.exitCode = 1;
}
