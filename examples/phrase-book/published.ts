/** SHA-256 of each file that `writePhraseBook` writes. */
export const checksums: Readonly<Record<string, string>> = {
  "train.tsv": "7c8b92c5d305ab73a2f0e4b8029bc716e27a0ff692662ab644ca8e5ecd725217",
  "train.alignments.jsonl": "def405b6bf3eb55ac9233aa0a445324ba13fb245b5c79abc9da1c00f68d18a9e",
  "dev.tsv": "8628856d7e4b61bd29387fcc371ddf018e8fd5942fa4c2aa637606b0ea5ceb7a",
  "dev.alignments.jsonl": "299d87d132a197f4866d62b773d6f24dae57e8062222f63f6a48530ce80938d1",
  "test.tsv": "848fae5f00aca105c78079f344bed4c51b32ddec38ecb72db8ec57b0195bb3f3",
  "test.alignments.jsonl": "758f4587280f29065916ff817baaa12974182ae5b5a9ebbd6b38055a94673876",
};
