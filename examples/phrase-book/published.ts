/** SHA-256 of each file that `writePhraseBook` writes. */
export const checksums: Readonly<Record<string, string>> = {
  "train.tsv": "4ac5e02cf2e8b1b30914f3d84e351ba49f6b9a76531b6e5619727b7cb3acf091",
  "train.alignments.jsonl": "8805d15d600a5fcdbd662c86384c4461804aad56cbd33c043f7781868cc03867",
  "dev.tsv": "ccdc0934001340b62c6ae60b357beda5bbdc468989df0759128d26865abf6108",
  "dev.alignments.jsonl": "f6f9428c0a03c7ed907cbe25aab317e70ce5e607710c5dd3c9b8ff30faf28db6",
  "test.tsv": "334a6f754d976705c4334826454f567f056ed1223e4d7bf160a34000accfdc67",
  "test.alignments.jsonl": "f144f317def1f58f8bc9fd58c996c1a016a7f8688be35354ed6b506135a707be",
};
