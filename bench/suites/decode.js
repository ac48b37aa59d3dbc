// Translating beside PyTorch, with the same weights: one sentence greedily, and 64 with a beam of 5.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { againstFastestTorch, closing, compare, comparisonTable } from "../comparison.js";
import { ours, torch } from "../contenders.js";
import { madeUpLines, writeModel } from "../decode-model.js";
import { number, table, threadsText, wrapped } from "../report.js";
import { decoding as decodingOf, REFERENCE } from "../work.js";
import { settingsLines } from "./settings.js";

/** Each case with the least it is to reach of PyTorch's speed on one thread. */
const CASES = [
  { hidden: 128, beam: 1, sentences: 1, target: 2.5 },
  { hidden: 512, beam: 1, sentences: 1, target: 4 },
  { hidden: 128, beam: 5, sentences: 64, target: 2 },
  { hidden: 512, beam: 5, sentences: 64, target: 1.4 },
];

/** The cases with what a contender needs: a model file for each hidden size, lines and their ids. */
async function prepareCases(folder) {
  const models = new Map();
  for (const { hidden } of CASES)
    if (!models.has(hidden)) {
      const file = join(folder, `hidden-${hidden}.safetensors`);
      models.set(hidden, { file, words: await writeModel({ hidden, vocabulary: REFERENCE.vocabulary, file }) });
    }
  return CASES.map(({ hidden, beam, sentences, target }) => {
    const { file, words } = models.get(hidden);
    return { ...decodingOf(hidden, beam, sentences), target, model: file, ...madeUpLines(sentences, words) };
  });
}

/** In a process of its own: PyTorch's fastest way to write each case, and what every contender answers. */
async function lookAhead(contenders, cases) {
  const variants = new Map();
  const answers = [];
  for (const contender of contenders) {
    const child = await contender.start();
    try {
      for (const wanted of cases) {
        if (contender.family === "torch") variants.set(contender, variants.get(contender) ?? new Map());
        const chosen = variants.get(contender);
        chosen?.set(wanted, await child.ask({ trial: wanted }));
        const outputs = await child.ask({ outputs: { ...wanted, variant: chosen?.get(wanted).variant } });
        answers.push({ contender, wanted, outputs });
      }
    } finally {
      await child.end();
    }
  }
  return { variants, answers };
}

/** How many sentences two contenders answer alike token for token, and how far their scores are apart. */
function agreement(mine, theirs) {
  const same = mine.tokens.filter((ids, i) => ids.join() === theirs.tokens[i].join()).length;
  const apart = Math.max(...mine.scores.map((score, i) => Math.abs(score - theirs.scores[i])));
  return { sentences: mine.tokens.length, same, apart };
}

/** Every contender against our first one, case by case. */
function agreements(answers, cases) {
  return cases.map((wanted) => {
    const [first, ...others] = answers.filter((answer) => answer.wanted === wanted);
    const compared = others.map(({ contender, outputs }) => ({
      name: `${contender.name}, ${threadsText(contender.threads)}`,
      ...agreement(first.outputs, outputs),
    }));
    return { case: wanted.name, compared };
  });
}

function agreementLine({ case: name, compared }) {
  const said = compared.map(
    ({ name: who, sentences, same, apart }) =>
      `${who} ${same === sentences ? "the same" : `${same} of ${sentences} the same`} (scores within ${number(apart)})`,
  );
  return wrapped(`${name}, token for token: ${said.join("; ")}.`);
}

/** What the native engine reaches of the fastest PyTorch, beside what it is to reach. */
function fastestTable(cases, entries) {
  const rows = cases.flatMap((wanted) =>
    againstFastestTorch(entries.filter((entry) => entry.case === wanted.name)).map(({ threads, peer, ratio }) => [
      wanted.name,
      String(threads),
      `${(1 / ratio.median).toFixed(2)} ×`,
      `${(1 / ratio.max).toFixed(2)}–${(1 / ratio.min).toFixed(2)}`,
      threads === 1 ? `${wanted.target} ×` : "",
      peer,
    ]),
  );
  return table(["as fast as PyTorch's fastest", "threads", "native", "min–max", "wanted", "which"], rows);
}

/** @param {{ rounds: number, threads: number[] }} options */
export async function decoding({ rounds, threads }) {
  const folder = mkdtempSync(join(tmpdir(), "tandem-decode-"));
  try {
    const cases = await prepareCases(folder);
    const peers = torch(threads);
    const mine = ["native", "wasm"].flatMap((backend) => threads.map((count) => ours(backend, count)));
    const contenders = [...mine, ...peers.contenders];
    const { variants, answers } = await lookAhead(contenders, cases);
    const caseFor = (contender, wanted) => ({ ...wanted, variant: variants.get(contender)?.get(wanted).variant });
    const result = await compare(cases, contenders, { rounds, caseFor });
    result.absent.push(...peers.absent);
    const agreed = agreements(answers, cases);

    console.log(
      `\nTranslating: ${REFERENCE.time} source tokens into ${REFERENCE.time}, ${REFERENCE.vocabulary} words, GRU, attention, input feeding\n`,
    );
    console.log(comparisonTable(cases, result.entries));
    console.log(settingsLines(contenders));
    for (const [{ name, threads: count }, chosen] of variants)
      for (const [wanted, { variant, tried }] of chosen)
        console.log(
          `${name}, ${threadsText(count)}, ${wanted.name}: cell ${variant.cell}, best ${variant.best}, the fastest of ${tried.length} ways.`,
        );
    console.log(`\n${agreed.map(agreementLine).join("\n")}\n`);
    if (peers.contenders.length > 0) console.log(`${fastestTable(cases, result.entries)}\n`);
    console.log(closing(result));
    const tried = Array.from(variants, ([{ name, threads: count }, chosen]) => ({
      name,
      threads: count,
      cases: Array.from(chosen, ([wanted, found]) => ({ case: wanted.name, ...found })),
    }));
    return { ...result, tried, agreements: agreed };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
