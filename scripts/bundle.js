// The modules in dist → dist/node: few files for Node.js, which takes longer to find and link 170 small modules than to run them.
// Bundlers make their own files for the browser, from the modules.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const dist = fileURLToPath(new URL("../dist", import.meta.url));
/** The files of dist/node that are run or imported by name. */
const entries = { index: join(dist, "index.js"), tandem: join(dist, "cli/main.js") };

/** Bundles the library and the command together, for `tandem serve` runs both and they must agree about their classes. */
export async function bundleForNode() {
  const bundle = await rolldown({ input: entries, platform: "node", external: /^(node:|@?[\w-]+(\/|$))/ });
  await bundle.write({
    dir: join(dist, "node"),
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
    // One file of all that is loaded with the library; the rest falls apart where `import()` stands.
    codeSplitting: { groups: [{ name: "library", test: (id) => id === entries.index }] },
  });
  await bundle.close();
}
