import type { Recipe } from "./schema.js";

/** The recipe with every path to a file put through `change`. */
export function withPaths<Given extends Recipe>(recipe: Given, change: (path: string) => string): Given {
  const data = { ...recipe.data };
  for (const part of ["train", "dev", "test", "alignments"] as const)
    if (data[part] !== undefined) data[part] = change(data[part]);
  const pretrained = { ...recipe.model.pretrained };
  for (const side of ["source", "target"] as const)
    if (pretrained[side] !== undefined) pretrained[side] = change(pretrained[side]);
  const side = (text: Recipe["source"]) =>
    text.tokenizerFile === undefined ? text : { ...text, tokenizerFile: change(text.tokenizerFile) };
  const { source, target, model } = recipe;
  return { ...recipe, data, source: side(source), target: side(target), model: { ...model, pretrained } };
}
