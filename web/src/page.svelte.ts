// What the address says: `#view?name=value&…`. It alone is the page's state, so that a link gives back what was seen.
import { LANGUAGES, type Language } from "./texts.js";
import { VIEWS, type ViewName } from "./views.js";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** Kept from one view to the next. */
const LASTING = ["language", "theme", "model", "line"] as const;
const REPLACE_MILLISECONDS = 250;

function remembered(name: string): string | null {
  try {
    return localStorage.getItem(`tandem.${name}`);
  } catch {
    return null; // storage that is refused remembers nothing
  }
}

function remember(name: string, value: string): void {
  try {
    localStorage.setItem(`tandem.${name}`, value);
  } catch {
    // the address still has it
  }
}

const oneOf = <Name extends string>(names: readonly Name[], ...wanted: (string | null | undefined)[]): Name =>
  wanted.flatMap((name) => names.find((known) => known === name) ?? [])[0] ?? names[0]!;

class Page {
  view = $state<ViewName>(VIEWS[0]!.name);
  /** Grows with each address that the page did not write itself: what a view read of it must be read again. */
  visit = $state(0);
  language = $state<Language>("en");
  theme = $state<Theme>("system");
  #values = new URLSearchParams();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.#read();
    addEventListener("hashchange", () => this.#read());
  }

  #read(): void {
    const [view = "", ...rest] = location.hash.slice(1).split("?");
    const query = rest.join("?"); // a line may ask something
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#values = new URLSearchParams(query);
    this.view = oneOf(
      VIEWS.map(({ name }) => name),
      view,
    );
    const preferred = navigator.language.startsWith("zh") ? "zh" : "en";
    this.language = oneOf(LANGUAGES, this.#values.get("language"), remembered("language"), preferred);
    this.theme = oneOf(THEMES, this.#values.get("theme"), remembered("theme"));
    this.visit++;
  }

  /** A value of the address. */
  get(name: string): string | undefined {
    return this.#values.get(name) ?? undefined;
  }

  number(name: string, otherwise: number, least: number, most: number): number {
    const value = Number(this.#values.get(name) ?? Number.NaN);
    return value >= least && value <= most ? value : otherwise;
  }

  /** A list of tokens of the address, as JSON. */
  tokens(name: string): string[] {
    try {
      const value: unknown = JSON.parse(this.#values.get(name) ?? "[]");
      return Array.isArray(value) ? value.filter((token) => typeof token === "string") : [];
    } catch {
      return [];
    }
  }

  /** Writes values into the address; undefined takes one out. */
  set(values: Readonly<Record<string, string | number | boolean | undefined>>): void {
    for (const [name, value] of Object.entries(values))
      if (value === undefined || value === "" || value === false) this.#values.delete(name);
      else this.#values.set(name, String(value));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), REPLACE_MILLISECONDS);
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    history.replaceState(null, "", `#${this.view}${this.#query(this.#values)}`);
  }

  /** The address of a view, with what lasts. */
  address(view: ViewName, values: Readonly<Record<string, string>> = {}): string {
    const kept = LASTING.flatMap((name) => {
      const value = this.#values.get(name);
      return value === null ? [] : [[name, value] as [string, string]];
    });
    return `#${view}${this.#query(new URLSearchParams([...kept, ...Object.entries(values)]))}`;
  }

  go(view: ViewName, values?: Readonly<Record<string, string>>): void {
    if (this.#timer) this.flush();
    location.hash = this.address(view, values);
  }

  choose(choice: { language: Language } | { theme: Theme }): void {
    for (const [name, value] of Object.entries(choice)) remember(name, value);
    Object.assign(this, choice);
    this.set(choice);
    this.flush();
  }

  #query(values: URLSearchParams): string {
    const text = values.toString();
    return text === "" ? "" : `?${text}`;
  }
}

export const page = new Page();
