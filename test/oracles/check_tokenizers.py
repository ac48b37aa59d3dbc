"""What the Python package tokenizers makes of a tokenizer.json; called by scripts/check-tokenizers.js.

    python check_tokenizers.py TOKENIZER LINES ANSWER VOCABULARY_SIZE

LINES is a JSON list of texts. ANSWER gets the ids of each, the texts these decode to, and, where VOCABULARY_SIZE is not 0,
the merges its own trainer learns from the lines under the same normalizer and pre-tokenizer.
"""

import json
import sys

from tokenizers import Tokenizer, models, trainers

tokenizer_path, lines_path, answer_path, vocabulary_size = sys.argv[1:]
tokenizer = Tokenizer.from_file(tokenizer_path)
with open(lines_path, encoding="utf-8") as file:
    lines = json.load(file)
ids = [encoding.ids for encoding in tokenizer.encode_batch(lines)]
answer = {"ids": ids, "texts": tokenizer.decode_batch(ids)}

if int(vocabulary_size) > 0:
    learner = Tokenizer(models.BPE(unk_token="<unk>"))
    learner.normalizer = tokenizer.normalizer
    learner.pre_tokenizer = tokenizer.pre_tokenizer
    trainer = trainers.BpeTrainer(
        vocab_size=int(vocabulary_size),
        min_frequency=2,
        special_tokens=["<pad>", "<unk>", "<s>", "</s>"],
        initial_alphabet=["▁"],
        show_progress=False,
    )
    learner.train_from_iterator(lines, trainer)
    answer["merges"] = json.loads(learner.to_str())["model"]["merges"]

with open(answer_path, "w", encoding="utf-8") as file:
    json.dump(answer, file)
