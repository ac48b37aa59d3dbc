import type { Component } from "svelte";

/** The views in the order of the lesson. A view is one file of views/ and its texts. */
export const VIEWS = [
  { name: "translate", load: () => import("./views/Translate.svelte") },
] as const satisfies readonly { name: string; load: () => Promise<{ default: Component }> }[];

export type ViewName = (typeof VIEWS)[number]["name"];
