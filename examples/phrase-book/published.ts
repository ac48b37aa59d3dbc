/** SHA-256 of each file that `writePhraseBook` writes. */
export const checksums: Readonly<Record<string, string>> = {
  "train.tsv": "8a3b4a4e30177d818135b6d3ef3ca268604b568b1810abfcd8bf0b8e7918625c",
  "train.alignments.jsonl": "ee42b9377f2aa5a2b52feec16a40b54b316e03ae68d661ed374a015286e9f1db",
  "dev.tsv": "e4611096faeac57319daee04135d0b3cecac51e5986634a0be4612b1ca4faf28",
  "dev.alignments.jsonl": "0ed61d2d0791e957ae11fe00d6f9319deeabbdd47219aad784a5c65a223f7a93",
  "test.tsv": "138da7187a346b1a18f3b00c51de0c98f92d18b5c1c2fa22c627c19bb044e4ab",
  "test.alignments.jsonl": "e0cc5c717628ab3b8c0ca4e968d74fd1470dec6814271d1bb93b43dfccff2a24",
};
