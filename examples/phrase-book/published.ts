/** SHA-256 of each file that `writePhraseBook` writes. */
export const checksums: Readonly<Record<string, string>> = {
  "train.tsv": "829fc74239cc0f0cc7c768de1960dd4062526f844498a8af22d7b93041c666f6",
  "train.alignments.jsonl": "8bd9f32ca6833df039285ab0b0035fe2538921f23e29c72e20fae953002a4adc",
  "dev.tsv": "b4cedc40f0d6b8178df68c81e2628be94f56632a26e19a360e457f40ced7baae",
  "dev.alignments.jsonl": "dacc8cecb5b14d1dc1b6b3c87c3a0e1f9944da90b545020f71edbb1ba742e9ac",
  "test.tsv": "590f677f1d8a07b94bc118cfa58380db9749e63729fca80975cae68d68cf716a",
  "test.alignments.jsonl": "03f38729571ae9552d20433b110796d48e36cd26a7aa3701e5836c7835f1516b",
};
