// Which models there are: those of models.json, and files that were opened or trained here.
import { worker } from "./client.js";
import type { ModelPlace, ModelSummary } from "./protocol.js";
import type { Language } from "./texts.js";

/** A pair of the model's test data: a line to begin with, for maps of sentences and gold alignments. */
export interface KnownPair {
  source: string;
  target: string;
  /** Which words say which, by their characters: [targetStart, targetEnd, sourceStart, sourceEnd, content]. */
  links?: [number, number, number, number, number][];
}

/** A model of models.json. */
export interface ModelEntry {
  name: string;
  /** Relative to the page. */
  file: string;
  task: string;
  title?: Record<Language, string>;
  /** Some of its test data; the first ones are tried first. */
  examples?: KnownPair[];
  /** All of its test data: a file of lines `source TAB target`, relative to the page. */
  test?: string;
}

/** Lines that are offered. */
const OFFERED = 5;

class Models {
  /** undefined: not read yet. */
  entries = $state.raw<readonly ModelEntry[] | undefined>();
  /** What went wrong reading the list. */
  error = $state<string | undefined>();
  readonly #places = new Map<string, ModelPlace>();
  readonly #open = new Map<string, Promise<ModelSummary>>();

  constructor() {
    void this.#readList();
  }

  async #readList(): Promise<void> {
    try {
      const response = await fetch("models.json");
      if (!response.ok) throw new Error(`models.json: HTTP status ${response.status}`);
      this.entries = (await response.json()) as ModelEntry[];
    } catch (error) {
      this.entries = [];
      this.error = error instanceof Error ? error.message : String(error);
    }
  }

  entry(name: string): ModelEntry | undefined {
    return this.entries?.find((entry) => entry.name === name);
  }

  /** Lines to try with a model. */
  lines(name: string): string[] {
    return (
      this.entry(name)
        ?.examples?.slice(0, OFFERED)
        .map(({ source }) => source) ?? []
    );
  }

  /** All test data that came with a model: its whole test, else its examples. */
  async tests(name: string, signal?: AbortSignal): Promise<readonly KnownPair[]> {
    const { test, examples = [] } = this.entry(name) ?? {};
    if (test === undefined) return examples;
    const response = await fetch(new URL(test, document.baseURI), { signal: signal ?? null });
    if (!response.ok) throw new Error(`${test}: HTTP status ${response.status}`);
    const lines = (await response.text()).split("\n").filter((line) => line !== "");
    return lines.map((line) => {
      const [source = "", target = ""] = line.split("\t");
      return { source, target };
    });
  }

  /** The model named so, opened once. */
  summary(name: string): Promise<ModelSummary> {
    const known = this.#open.get(name);
    if (known) return known;
    const entry = this.entry(name);
    const place = this.#places.get(name) ?? (entry && { url: new URL(entry.file, document.baseURI).href });
    if (place === undefined) return Promise.reject(new Error(`model ${name}: there is none of this name here.`));
    const opened = worker.ask("open", { key: name, place });
    this.#open.set(name, opened);
    opened.catch(() => this.#open.delete(name)); // asked again, it tries again
    return opened;
  }

  /** Adds a file of the user's own and gives its name. */
  async add(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<ModelSummary> {
    const taken = new Set(this.entries?.map((entry) => entry.name));
    let free = name;
    for (let number = 2; taken.has(free); number++) free = `${name} ${number}`;
    this.#places.set(free, { bytes });
    try {
      const summary = await this.summary(free);
      this.entries = [...(this.entries ?? []), { name: free, file: "", task: summary.task }];
      return summary;
    } catch (error) {
      this.#places.delete(free);
      throw error;
    }
  }
}

export const models = new Models();
