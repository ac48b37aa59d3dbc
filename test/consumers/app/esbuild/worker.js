// With the loader `file` for .wasm the import is the file's address, relative to this script.
import wasmUrl from "tandem-seq2seq/kernels.wasm";
import { answer } from "../answer.js";

answer(new URL(wasmUrl, import.meta.url));
