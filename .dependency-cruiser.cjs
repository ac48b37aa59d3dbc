// The layering of docs/architecture.md as rules: which folder may import which, no cycles, and where `node:` may appear.
const layers = {
  kernels: [],
  tensor: ["kernels"],
  nn: ["tensor"],
  text: [],
  data: ["text"],
  // Traces are what explain shows.
  view: ["decode/trace[.]ts", "decode/source-trace[.]ts", "decode/label-trace[.]ts", "decode/line-trace[.]ts"],
  evaluate: [],
  report: ["view", "data", "check", "kernels", "train", "recipe"],
  init: ["text", "data", "recipe"],
  check: ["models", "text", "data", "recipe"],
  models: ["nn", "tensor", "kernels", "text", "data", "recipe"],
  decode: ["models", "nn", "tensor", "kernels", "text", "data", "evaluate", "recipe"],
  // The rule by which words are counted before there is a tokeniser.
  recipe: ["text/word-count[.]ts"],
  train: ["models", "nn", "tensor", "kernels", "data", "text", "decode", "evaluate", "recipe"],
};

/** Files that may know Node: the edges of the system. */
const nodeEdges = [
  "^src/cli/",
  "^src/kernels/native/",
  "/node-[^/]+$",
  "^src/index[.]ts$",
  "[.]test[.]ts$",
  "^examples/",
];

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true, dependencyTypesNot: ["type-only"] } },
    ...Object.entries(layers).map(([layer, allowed]) => ({
      name: `${layer}-imports-only-${allowed.join("-").replace(/[^a-z-]/g, "-") || "itself"}`,
      severity: "error",
      from: { path: `^src/${layer}/`, pathNot: "\\.test\\.ts$" },
      to: {
        path: "^src/",
        pathNot: `^src/(${[layer, "errors\\.ts$", "random\\.ts$", "node-(files|package)\\.ts$", ...allowed.map((name) => (name.endsWith("ts") ? name : `${name}/`))].join("|")})`,
      },
    })),
    {
      name: "decode-takes-ranges-from-recipe-and-no-schema",
      severity: "error",
      from: { path: "^src/decode/", pathNot: "\\.test\\.ts$" },
      to: { path: "^src/recipe/", pathNot: "/(decode-options|nearest)\\.ts$" },
    },
    {
      name: "view-takes-only-types-from-decode",
      severity: "error",
      from: { path: "^src/view/", pathNot: "\\.test\\.ts$" },
      to: { path: "^src/decode/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "node-only-at-the-edges",
      severity: "error",
      from: { path: "^src/", pathNot: nodeEdges },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "files-are-written-only-at-the-edges",
      severity: "error",
      from: { path: "^src/", pathNot: nodeEdges },
      to: { path: "^src/node-files[.]ts$" },
    },
    {
      name: "zod-and-yaml-out-of-inference",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(recipe|cli|train|init)/|^src/index\\.ts$" },
      to: { path: "node_modules/(zod|yaml)/" },
    },
    {
      name: "server-takes-the-package-and-not-its-files",
      severity: "error",
      from: { path: "^server/" },
      to: { path: "^src/", pathNot: "^src/index[.]ts$" },
    },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "types", "default"] },
  },
};
