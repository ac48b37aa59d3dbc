import wasmUrl from "tandem-seq2seq/kernels.wasm?url";
import { answer } from "../answer.js";

answer(new URL(wasmUrl, self.location.href));
