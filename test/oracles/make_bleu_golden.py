"""Writes test/golden/bleu.json: corpora made up here, and what sacreBLEU says about them.

    pip install sacrebleu==2.6.0
    python test/oracles/make_bleu_golden.py

Each corpus is scored under several settings; one score is
[tokenizer, smoothing, smoothing value or null, score, precisions 1 to 4, brevity penalty, hypothesis length,
reference length, signature without version].
"""

import json
import logging
import pathlib
import random

import sacrebleu
from sacrebleu.metrics import BLEU

SEED = 20020706
TOKENIZERS = ["13a", "zh", "intl", "char", "none"]
SMOOTHINGS = [("exp", None), ("floor", None), ("floor", 0.01), ("add-k", None), ("add-k", 0.5), ("none", None)]

ENGLISH = "the a old young teacher river letter window reads writes sees sends slowly often here and not quiet".split()
GERMAN = "der die kleine große Straße Brücke schläft übt fährt heute über wäre Äpfel Öl süß und nicht".split()
NUMBERS = "3.14 1,000 1,000.5 5-6 2026-05-03 $4.50 50% 12:30 7. .5 ½ 3° №9 ²".split()
MARKS = ". , ! ? ; : - -- ... ( ) [ ] { } \" ' / \\ @ # $ % & * + = < > ^ _ ` ~ | “ ” — … € £ → ≠ ™ · « »".split()
ENTITIES = ["&quot;yes&quot;", "&amp;", "&lt;b&gt;", "&amp;lt;", "&apos;", "<skipped>", "well-\nknown", "&"]
CHINESE = list("我你他爱学习去北京现在几点了书茶山水月光明天气好不的是在") + list(",。?!:「」《》—…")
JAPANESE = list("私はあなた猫が好きですカタカナテスト東京へ行く。、ー々〆") + list("アイウ")
EMOJI = ["🙂", "👍🏽", "👩‍👩‍👧", "🇨🇳", "❤️", "☂", "✓"]
RARE = ["𠀀", "𪛖", "龦", "鿿", "﨏", "㐀", "①", "㈱", "A", "が", "\u00ad", "\ufeff", "\u200b", "a\u0301", "한국어", "สวัสดี", "नमस्ते"]
SPACES = [" ", "  ", "\t", "\u00a0", "\u3000", "\u2003", "\u0085", "\u001f"]

rng = random.Random(SEED)


def sentence(words, joiner, length):
    return joiner.join(rng.choice(words) for _ in range(length))


def spaced(words, length):
    """Words joined by unusual white space, with some at both ends."""
    parts = [rng.choice(SPACES) + rng.choice(words) for _ in range(length)]
    return "".join(parts) + rng.choice(SPACES)


def marked(length):
    """Words with punctuation before, after and between, and no space where a tokenizer must find the cut."""
    pieces = []
    for _ in range(length):
        pieces.append(rng.choice(["", rng.choice(MARKS)]) + rng.choice(ENGLISH + NUMBERS) + rng.choice(["", rng.choice(MARKS)]))
    return rng.choice([" ", " ", ""]).join(pieces)


MAKERS = {
    "english": lambda: sentence(ENGLISH, " ", rng.randint(1, 14)),
    "german": lambda: sentence(GERMAN, " ", rng.randint(1, 12)),
    "numbers": lambda: sentence(ENGLISH[:5] + NUMBERS, " ", rng.randint(2, 10)),
    "punctuation": lambda: marked(rng.randint(1, 9)),
    "entities": lambda: sentence(ENGLISH[:6] + ENTITIES, rng.choice([" ", ""]), rng.randint(2, 9)),
    "chinese": lambda: sentence(CHINESE, "", rng.randint(1, 16)),
    "chinese and english": lambda: sentence(CHINESE[:12] + ENGLISH[:4] + NUMBERS[:4], rng.choice(["", " "]), rng.randint(2, 12)),
    "japanese": lambda: sentence(JAPANESE, "", rng.randint(1, 16)),
    "emoji": lambda: sentence(ENGLISH[:4] + EMOJI, rng.choice([" ", ""]), rng.randint(1, 9)),
    "rare characters": lambda: sentence(ENGLISH[:3] + RARE, rng.choice([" ", ""]), rng.randint(1, 9)),
    "white space": lambda: spaced(ENGLISH[:6] + CHINESE[:4], rng.randint(1, 9)),
}


def noised(text, make):
    """A hypothesis: the reference with a few changes, or something else altogether."""
    if rng.random() < 0.1:
        return make()
    units = text.split(" ") if " " in text else list(text)
    for _ in range(rng.randint(0, max(1, len(units) // 3))):
        place = rng.randrange(len(units) + 1)
        change = rng.choice(["drop", "double", "swap", "insert"])
        if change == "drop":
            del units[place : place + 1]
        elif change == "double":
            units[place:place] = units[place : place + 1]
        elif change == "swap":
            units[place : place + 2] = reversed(units[place : place + 2])
        else:
            units[place:place] = (make().split(" ") if " " in text else list(make()))[:1]
    return (" " if " " in text else "").join(units)


def made(kind, reference_count):
    make = MAKERS[kind]
    references = []
    hypotheses = []
    for _ in range(rng.randint(1, 6)):
        first = make()
        references.append([first] + [noised(first, make) for _ in range(reference_count - 1)])
        hypotheses.append(noised(first, make))
    return {"kind": kind, "hypotheses": hypotheses, "references": references}


TRICKY = [
    ("all empty", [""], [[""]]),
    ("empty hypothesis", [""], [["the old river"]]),
    ("empty reference", ["the old river"], [[""]]),
    ("one empty hypothesis of two", ["", "the old teacher reads a letter"], [["the river"], ["the old teacher reads a letter"]]),
    ("blanks only", ["   \t "], [["the"]]),
    ("one word, right", ["the"], [["the"]]),
    ("one word, wrong", ["the"], [["river"]]),
    ("two words", ["the river"], [["the river"]]),
    ("three words", ["the old river"], [["the old river"]]),
    ("four words", ["the old river sees"], [["the old river sees"]]),
    ("one character", ["我"], [["我"]]),
    ("no word in common", ["a young window sends"], [["the old river writes"]]),
    ("clipped counts", ["the the the the the the the"], [["the cat is on the mat", "there is a cat on the mat"]]),
    ("too long", ["the old river the old river the old river"], [["the old river"]]),
    ("too short", ["the old"], [["the old river sees the young teacher"]]),
    ("closest reference, tie", ["a b c d e"], [["a b c d e f g", "a b c"]]),
    ("closest reference, tie, turned", ["a b c d e"], [["a b c", "a b c d e f g"]]),
    ("number of references varies", ["the old river sees", "a letter"], [["the old river sees", "the river sees"], ["a letter"]]),
    ("case matters", ["The Old River Sees"], [["the old river sees"]]),
    ("year at the end", ["it was in 1999."], [["it was in 1999 ."]]),
    ("decimal numbers", ["3.14, 1,000.50 and 5-6; 7-a"], [["3.14 , 1,000.50 and 5 - 6 ; 7 - a"]]),
    ("quotes", ["“quiet” 'quiet' \"quiet\""], [["\" quiet \" ' quiet ' “ quiet ”"]]),
    ("hyphen at a line's end", ["a well-\nknown\nriver here"], [["a wellknown river here"]]),
    ("escapes", ["&lt;b&gt; &quot;a&quot; &amp;amp; c"], [["<b> \"a\" &amp; c"]]),
    ("full stop before a letter", ["a.b 1.b a.1 1.1"], [["a . b 1 . b a . 1 1.1"]]),
]


def score(corpus, tokenizer, smoothing, value):
    metric = BLEU(tokenize=tokenizer, smooth_method=smoothing, smooth_value=value, force=True)
    most = max(len(of_one) for of_one in corpus["references"])
    streams = [[of_one[i] if i < len(of_one) else None for of_one in corpus["references"]] for i in range(most)]
    result = metric.corpus_score(corpus["hypotheses"], streams)
    signature = str(metric.get_signature()).rsplit("|version:", 1)[0]
    precisions = [round(precision, 6) for precision in result.precisions]
    measures = [round(result.score, 6), *precisions, round(result.bp, 6), result.sys_len, result.ref_len]
    return [tokenizer, smoothing, value, *measures, signature]


def main():
    logging.disable(logging.WARNING)
    corpora = [{"kind": kind, "hypotheses": hyps, "references": refs} for kind, hyps, refs in TRICKY]
    for kind in MAKERS:
        corpora += [made(kind, reference_count) for reference_count in (1, 1, 1, 2, 3)]
    settings = [(tokenizer, *smoothing) for tokenizer in TOKENIZERS for smoothing in SMOOTHINGS]
    for corpus in corpora:
        corpus["scores"] = [score(corpus, *setting) for setting in rng.sample(settings, 12)]
    golden = {
        "script": "test/oracles/make_bleu_golden.py",
        "sacrebleu": sacrebleu.__version__,
        "seed": SEED,
        "corpora": corpora,
    }
    path = pathlib.Path(__file__).parent.parent / "golden" / "bleu.json"
    rows = ",\n".join(json.dumps(corpus, ensure_ascii=False) for corpus in corpora)
    head = json.dumps({**golden, "corpora": []}, ensure_ascii=False)
    path.write_text(head.replace('"corpora": []', f'"corpora": [\n{rows}\n]') + "\n", encoding="utf-8")
    print(f"{path}: {len(corpora)} corpora, {sum(len(corpus['scores']) for corpus in corpora)} scores")


if __name__ == "__main__":
    main()
