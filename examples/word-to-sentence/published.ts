import type { Published } from "../made-data/files.js";

/** Pairs in each part and the SHA-256 of its file. */
export const published: Published = {
  train: { count: 4692, sha256: "3ba69ec7e0dfd857b67037ec77afbff8f0015cc3f338f0abefc2d43af1ef2b49" },
  dev: { count: 187, sha256: "1a7a6de3e1563213f1eaed4e71fd94a83d9e11663fd6a0abe9ead8a78f28ed2e" },
  test: { count: 652, sha256: "bdcd55ffa89d4cb447322c04adcafd120dbbc95085e573af3dccd889b3821dce" },
};
