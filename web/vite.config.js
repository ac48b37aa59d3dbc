import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { svelte, vitePreprocess } from "@sveltejs/vite-plugin-svelte";
import katex from "katex";
import { defineConfig } from "vite";
import { formulas } from "./src/formulas.js";

const models = join(import.meta.dirname, "models");
const listed = () => readdirSync(models).filter((name) => /^models\.json$|\.safetensors$|\.test\.tsv$/.test(name));
const nameInPage = (name) => (name === "models.json" ? name : `models/${name}`);

/** The formulas as MathML, made when the page is built: `import mathml from "virtual:formulas"`. */
const mathml = {
  name: "formulas",
  resolveId: (id) => (id === "virtual:formulas" ? `\0${id}` : undefined),
  load(id) {
    if (id !== "\0virtual:formulas") return undefined;
    this.addWatchFile(join(import.meta.dirname, "src/formulas.js"));
    const made = Object.entries(formulas).map(([name, tex]) => [
      name,
      katex
        .renderToString(tex, { output: "mathml", displayMode: true, throwOnError: true })
        .replace(/<annotation.*?<\/annotation>/gs, "")
        .replace(/<\/?span[^>]*>/g, ""),
    ]);
    return `export default ${JSON.stringify(Object.fromEntries(made))};`;
  },
};

/** models.json and models/ as they stand beside this file, in the page served while developing and in the built one. */
const modelFiles = {
  name: "models",
  configureServer: (server) => {
    server.middlewares.use((request, response, next) => {
      const path = decodeURI(request.url.split("?")[0]);
      const file = listed().find((name) => path === `/${nameInPage(name)}`);
      if (file === undefined) return next();
      response.end(readFileSync(join(models, file)));
    });
  },
  generateBundle() {
    if (!existsSync(join(models, "models.json"))) {
      this.warn(`no models.json in ${models}: the page will open without models`);
      return;
    }
    for (const name of listed())
      this.emitFile({ type: "asset", fileName: nameInPage(name), source: readFileSync(join(models, name)) });
  },
};

export default defineConfig({
  base: "./",
  plugins: [svelte({ preprocess: vitePreprocess({ style: false }) }), mathml, modelFiles],
  worker: { format: "es", rolldownOptions: { checks: { pluginTimings: false } } },
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { host: "127.0.0.1" },
});
