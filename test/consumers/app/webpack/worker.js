import { answer } from "../answer.js";

answer(new URL("tandem-seq2seq/kernels.wasm", import.meta.url));
