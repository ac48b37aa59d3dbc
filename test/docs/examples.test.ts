// Every ts block of a docstring, and of README.md if it can stand alone (it imports), is checked and run as it is written: as a
// program of its own, in an empty folder, on the built package.
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Inside the package, which is how `tandem-seq2seq` means it. */
const folder = join(root, "build/doc-examples");

interface Example {
  /** Where it is written: file and line. */
  place: string;
  file: string;
  code: string;
}

/** The ts blocks of a text; `margin` is what stands before each of their lines. */
function blocks(path: string, margin: RegExp): Example[] {
  const text = readFileSync(join(root, path), "utf8");
  return Array.from(text.matchAll(/^( *(?:\* )?)```ts\n([\s\S]*?)^ *(?:\* )?```$/gm), ({ index, 2: body = "" }) => {
    const line = text.slice(0, index).split("\n").length;
    const name = `${path.replaceAll(/\W/g, "-")}-${line}`;
    const code = body.replaceAll(margin, "");
    return { place: `${path}:${line}`, file: join(folder, `${name}.mts`), code };
  });
}

const sources = readdirSync(join(root, "src"), { recursive: true })
  .map((name) => `src/${name}`)
  .filter((path) => path.endsWith(".ts") && !/\.(test|generated)\.ts$/.test(path))
  .sort();
const examples = [
  ...sources.flatMap((path) => blocks(path, /^ *\* ?/gm)),
  ...["README.md", "docs/tasks.md"]
    .flatMap((path) => blocks(path, /^/gm))
    .filter(({ code }) => code.includes("import ")),
];

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const { file, code } of examples) {
    writeFileSync(file, code);
    const { outputText } = ts.transpileModule(code, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    });
    writeFileSync(file.replace(/\.mts$/, ".mjs"), outputText);
  }
});

it("there are some", () => {
  expect(examples.length).toBeGreaterThan(5);
});

it("they fit the types", () => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(
    examples.map(({ file }) => file),
    options,
  );
  const problems = ts.getPreEmitDiagnostics(program).filter(({ file }) => file?.fileName.startsWith(folder));
  expect(
    ts.formatDiagnostics(problems, {
      ...ts.sys,
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => root,
      getNewLine: () => "\n",
    }),
  ).toBe("");
});

it.each(examples)("$place", ({ file }) => {
  const cwd = `${file}.folder`;
  mkdirSync(cwd);
  const { status, stderr } = spawnSync(process.execPath, [file.replace(/\.mts$/, ".mjs")], { cwd, encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
