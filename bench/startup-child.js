// A program's first translation: node bench/startup-child.js MODEL LINE. Prints the milliseconds from the import on.
const start = performance.now();
const { loadModel } = await import("tandem-seq2seq");
const imported = performance.now();
const model = await loadModel(process.argv[2]);
const loaded = performance.now();
const [{ text }] = await model.translate([process.argv[3]]);
const end = performance.now();
console.log(
  JSON.stringify({ import: imported - start, load: loaded - imported, first: end - loaded, total: end - start, text }),
);
model.dispose();
