import type { Recipe } from "./schema.js";

/** The recipe with every path to a file put through `change`. */
export function withPaths<Given extends Recipe>(recipe: Given, change: (path: string) => string): Given {
  const data = { ...recipe.data };
  for (const part of ["train", "dev", "test"] as const)
    if (data[part] !== undefined) data[part] = changed(data[part], change);
  if (data.alignments !== undefined) data.alignments = changed(data.alignments, change);
  const pretrained = { ...recipe.model.pretrained };
  for (const side of ["source", "target"] as const)
    if (pretrained[side] !== undefined) pretrained[side] = change(pretrained[side]);
  const side = (text: Recipe["source"]) =>
    text.tokenizerFile === undefined ? text : { ...text, tokenizerFile: change(text.tokenizerFile) };
  const { source, target, model } = recipe;
  const train = recipe.train.from === undefined ? recipe.train : { ...recipe.train, from: change(recipe.train.from) };
  return { ...recipe, data, source: side(source), target: side(target), model: { ...model, pretrained }, train };
}

type Files = NonNullable<Recipe["data"]["train"] | Recipe["data"]["alignments"]>;

/** How standard input is named where a file may be. */
export const STANDARD_INPUT = "-";

/** The same files with every path changed; standard input has none. */
function changed<Given extends Files>(files: Given, change: (path: string) => string): Given {
  const path = (one: string) => (one === STANDARD_INPUT ? one : change(one));
  const file = (one: Exclude<Files, unknown[]>) =>
    typeof one === "string" ? path(one) : { source: path(one.source), target: path(one.target) };
  return (Array.isArray(files) ? files.map(file) : file(files as Exclude<Files, unknown[]>)) as Given;
}
