import { DataError, ModelFileError } from "../errors.js";

/** A closed set of labels (the kinds of a classifier, the tags of a tagger): label i is output i, none is unknown. */
export class Labels {
  readonly #ids: ReadonlyMap<string, number>;

  private constructor(
    /** In the order of their ids. */
    readonly names: readonly string[],
  ) {
    this.#ids = new Map(names.map((name, id) => [name, id]));
  }

  /** Every label of the training data, sorted by UTF-16 code units, as reports of classification sort them. */
  static build(labels: Iterable<string>): Labels {
    const names = [...new Set(labels)].sort();
    if (names.length < 2)
      throw new DataError(
        `labels: expected at least two different ones, got ${names.length === 1 ? `only ${JSON.stringify(names[0])}` : "none"}. Look at the columns.`,
      );
    return new Labels(names);
  }

  /** The labels as `toJSON` gave them. */
  static fromJSON(names: readonly string[]): Labels {
    if (!Array.isArray(names) || !names.every((name) => typeof name === "string"))
      throw new ModelFileError("labels: expected a list of strings, got something else. The model file is damaged.");
    if (new Set(names).size < Math.max(2, names.length))
      throw new ModelFileError("labels: expected two or more distinct ones. The model file is damaged.");
    return new Labels([...names]);
  }

  /** With those of `labels` that are new after those there are, sorted likewise. */
  with(labels: Iterable<string>): Labels {
    const added = [...new Set(labels)].filter((name) => !this.#ids.has(name)).sort();
    return new Labels([...this.names, ...added]);
  }

  get size(): number {
    return this.names.length;
  }

  /** The id of a label, or undefined for one that training did not have. */
  idOf(label: string): number | undefined {
    return this.#ids.get(label);
  }

  /** The label of an id. */
  nameOf(id: number): string {
    return this.names[id]!;
  }

  /** What the model file keeps of it. */
  toJSON(): string[] {
    return [...this.names];
  }
}
