import { type FileHandle, open, rename, rm } from "node:fs/promises";
import type { Output, Translation } from "../decode/translation.js";
import { DataError } from "../errors.js";
import type { Seq2Seq } from "../models/seq2seq.js";
import { writeFailure, writeFileWhole } from "../node-files.js";
import { alignmentColumns } from "../view/alignment.js";
import type { AttentionMap } from "../view/attention-map.js";
import { attentionHtml } from "../view/html-page.js";
import { attentionSvg } from "../view/svg-heat-map.js";
import type { AttentionFile } from "./options.js";

/** Heat maps on one page, and cells of all of them: more would make a page no browser likes. */
const MOST_MAPS = 50;
const MOST_CELLS = 50_000;

/** A map of one output, or of one of its heads. */
interface NumberedMap extends AttentionMap {
  /** From 1. */
  line: number;
  /** From 1: the best, then the alternatives. */
  output: number;
  /** From 1; absent in the mean of all heads, and where there is one. */
  head?: number;
  text: string;
  score: number;
}

/**
 * The file of `predict --attention`, filled as lines come. Alignments (.tsv) and numbers (.json) are written at once, so
 * that memory does not grow with them; pictures (.html, .svg) at the end, the page with its first maps only.
 */
export class AttentionWriter {
  readonly #maps: NumberedMap[] = [];
  readonly #temporary: string;
  #stream: FileHandle | undefined;
  #count = 0;
  #cells = 0;
  #line = 0;

  constructor(
    readonly file: AttentionFile,
    readonly model: Seq2Seq,
    readonly name: string,
  ) {
    this.#temporary = `${file.path}.${process.pid}.part`;
  }

  /** The translations of the next lines, in order. */
  async add(lines: readonly string[], translations: readonly Translation[]): Promise<void> {
    const { format } = this.file;
    let text = "";
    for (const [i, translation] of translations.entries()) {
      const maps = this.#mapsOf(++this.#line, lines[i]!, translation);
      if (format === ".tsv") text += alignmentLines(this.#line, translation);
      else if (format === ".json")
        for (const map of maps) text += `${this.#count++ === 0 ? "[\n" : ",\n"}${JSON.stringify(map)}`;
      else for (const map of maps) this.#keep(map);
    }
    if (text !== "") await this.#write(text);
  }

  /** Ends the file; returns a note where not all of it could be shown. */
  async finish(): Promise<string | undefined> {
    const { path, format } = this.file;
    if (this.#count === 0 && format !== ".tsv")
      throw new DataError(`--attention ${path}: expected at least one line to draw, got none. Give some text.`);
    if (format === ".html" || format === ".svg") {
      const title = `${this.name}: where the model looked`;
      await writeFileWhole(
        path,
        format === ".svg" ? attentionSvg(this.#maps[0]!) : attentionHtml({ title, maps: this.#maps }),
      );
      const shown = format === ".svg" ? 1 : this.#maps.length;
      if (shown === this.#count) return undefined;
      return `note: ${path} shows the first ${shown === 1 ? "map" : `${shown} maps`} of ${this.#count}; --attention FILE.json or .tsv takes all.`;
    }
    await this.#write(format === ".json" ? "\n]\n" : "");
    try {
      await this.#stream!.sync();
      await this.#stream!.close();
      await rename(this.#temporary, path);
    } catch (cause) {
      throw writeFailure(path, cause);
    }
    return undefined;
  }

  /** Takes away what an unfinished file has left. */
  async abandon(): Promise<void> {
    await this.#stream?.close().catch(() => {});
    if (this.#stream) await rm(this.#temporary, { force: true });
  }

  async #write(text: string): Promise<void> {
    try {
      this.#stream ??= await open(this.#temporary, "w");
      await this.#stream.write(text);
    } catch (cause) {
      throw writeFailure(this.file.path, cause);
    }
  }

  #keep(map: NumberedMap): void {
    this.#count++;
    this.#cells += map.rows.length * map.columns.length;
    const most = this.file.format === ".svg" ? 1 : MOST_MAPS;
    if (this.#maps.length === 0 || (this.#maps.length < most && this.#cells <= MOST_CELLS)) this.#maps.push(map);
  }

  /** For every output its map and, where attention has several heads, one for each. */
  #mapsOf(line: number, source: string, translation: Translation): NumberedMap[] {
    const { recipe } = this.model;
    const [sourceLanguage, targetLanguage] = [recipe.source.language, recipe.target.language];
    const languages = {
      ...(sourceLanguage !== "auto" && { columnsLanguage: sourceLanguage }),
      ...(targetLanguage !== "auto" && { rowsLanguage: targetLanguage }),
    };
    const outputs = [translation, ...translation.alternatives];
    return outputs.flatMap(({ attention, text, score }, i): NumberedMap[] => {
      if (attention === undefined) return [];
      const { rows, columns, weights, heads = [] } = attention;
      const ranked = outputs.length > 1 ? ` (${i + 1} of ${outputs.length}, score ${score.toFixed(2)})` : "";
      const title = `${source} → ${text}${ranked}`;
      const common = { line, output: i + 1, text, score, columns, rows, ...languages };
      return [
        { title, ...common, weights },
        ...heads.map((weights, head) => ({
          title: `${title}, head ${head + 1} of ${heads.length}`,
          ...{ ...common, head: head + 1, weights },
        })),
      ];
    });
  }
}

/** A line of the file for each output: links, weights, words, the line's number and the output's. */
function alignmentLines(line: number, translation: Translation): string {
  const nothing: Required<Output>["attention"] = { rows: [], columns: [], weights: [] };
  return [translation, ...translation.alternatives]
    .map(({ attention = nothing }, i) => `${alignmentColumns(attention)}\t${line}\t${i + 1}\n`)
    .join("");
}
