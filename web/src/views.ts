import type { Component } from "svelte";

/** The views in the order of the lesson. A view is one file of views/ and its texts. */
export const VIEWS = [
  { name: "shapes", load: () => import("./views/Shapes.svelte") },
  { name: "encoder", load: () => import("./views/Encoder.svelte") },
  { name: "decoder", load: () => import("./views/Decoder.svelte") },
  { name: "attention", load: () => import("./views/Attention.svelte") },
  { name: "reading", load: () => import("./views/Reading.svelte") },
  { name: "translate", load: () => import("./views/Translate.svelte") },
  { name: "train", load: () => import("./views/Train.svelte") },
] as const satisfies readonly { name: string; load: () => Promise<{ default: Component }> }[];

export type ViewName = (typeof VIEWS)[number]["name"];
