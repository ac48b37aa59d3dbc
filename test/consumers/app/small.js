// The least that translates: what the size of a bundle is measured on.
import { loadModel } from "tandem-seq2seq";

const model = await loadModel(new URL("/model.safetensors", self.location.origin));
self.addEventListener("message", async ({ data }) => self.postMessage(await model.translate([data])));
