import { expect, it } from "vitest";
import { completeRecipe } from "./parse.js";
import { withPaths } from "./paths.js";

it("every path is changed wherever it stands, and standard input is none", () => {
  const recipe = completeRecipe({
    data: {
      train: ["a.tsv", { source: "b.de", target: "b.en" }, "-"],
      dev: { source: "c.de", target: "c.en" },
      test: "d.jsonl",
      alignments: ["a.align", "b.align", "e.align"],
    },
    source: { tokenizer: "bytes", tokenizerFile: "t.json" },
    model: { pretrained: { target: "v.vec" } },
  });
  const { data, source, model } = withPaths(recipe, (path) => `/x/${path}`);
  expect(data).toEqual({
    ...recipe.data,
    train: ["/x/a.tsv", { source: "/x/b.de", target: "/x/b.en" }, "-"],
    dev: { source: "/x/c.de", target: "/x/c.en" },
    test: "/x/d.jsonl",
    alignments: ["/x/a.align", "/x/b.align", "/x/e.align"],
  });
  expect([source.tokenizerFile, model.pretrained.target]).toEqual(["/x/t.json", "/x/v.vec"]);
});
