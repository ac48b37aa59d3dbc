"""Writes test/golden/metrics.json: corpora made up here, what sacreBLEU says about them, and error rates and F1 counted
the long way round.

    pip install sacrebleu==2.6.0
    python test/oracles/make_metrics_golden.py

A corpus holds
  bleu       [tokenizer, smoothing, smoothing value or null, lowercase, effective order,
              score, precisions 1 to 4, brevity penalty, hypothesis length, reference length, signature without version]
  chrf       [char order, word order, beta, lowercase, whitespace, eps smoothing, score, signature without version]
  sentences  for each sentence [BLEU with effective order, chrF, chrF++]
  errors     { wer, cer, per }: [edits, reference length] over the corpus
The bootstrap holds the draws too, for another generator draws others.
"""

import json
import logging
import pathlib
import random
from collections import Counter

import numpy
import sacrebleu
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest

SEED = 20020706
TOKENIZERS = ["13a", "zh", "intl", "char", "none"]
SMOOTHINGS = [("exp", None), ("floor", None), ("floor", 0.01), ("add-k", None), ("add-k", 0.5), ("none", None)]
SETTINGS_OF_A_CORPUS = 10

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


# Sentences as people write them, each with an output that a model might give.
WRITTEN = [
    ("english", "The meeting was moved to Thursday.", ["The meeting has been moved to Thursday.", "They moved the meeting to Thursday."]),
    ("english", "She didn't say why she left so early!", ["She did not say why she had left so early."]),
    ("english", "Dr. Lee's well-known e-mail (from 3 May 2026) cost $1,250.50.", ["Dr Lee's well-known email, sent on 3 May 2026, cost $1,250.50."]),
    ("english", "what time is it", ["What time is it?", "What's the time?", "Could you tell me the time?"]),
    ("english", "THE TRAIN IS LATE AGAIN", ["The train is late again."]),
    ("english", "yes", ["Yes."]),
    ("english", "I I I think I know know him", ["I think I know him."]),
    ("english", "Call me at 020-7946-0958 or write to a.b@example.org", ["Ring 020 7946 0958, or write to a.b@example.org."]),
    ("german", "Der Zug nach Köln fährt heute nicht von Gleis 7 ab.", ["Heute fährt der Zug nach Köln nicht von Gleis 7."]),
    ("german", "Übermorgen gehen wir ins Kino, oder?", ["Wir gehen übermorgen ins Kino, nicht wahr?", "Übermorgen gehen wir doch ins Kino?"]),
    ("german", "STRASSE", ["Straße"]),
    ("french", "Qu'est-ce que c'est ? Je ne sais pas.", ["Qu’est-ce que c’est ? Je n’en sais rien."]),
    ("french", "L'été dernier, nous étions à Évian.", ["Nous étions à Évian l’été dernier."]),
    ("spanish", "¿Dónde está la estación? ¡Date prisa!", ["¿Dónde queda la estación? ¡Apúrate!"]),
    ("portuguese", "Amanhã não há aulas por causa da greve.", ["Não há aula amanhã, por causa da greve."]),
    ("turkish", "İstanbul'da ışıklar söndü.", ["istanbul'da ışıklar söndü."]),
    ("polish", "Zażółć gęślą jaźń.", ["Zażółć, proszę, gęślą jaźń!"]),
    ("greek", "Ο ΔΡΟΜΟΣ ΕΙΝΑΙ ΚΛΕΙΣΤΟΣ", ["Ο δρόμος είναι κλειστός."]),
    ("russian", "Вчера весь день шёл дождь.", ["Весь вчерашний день шёл дождь.", "Вчера целый день лил дождь."]),
    ("ukrainian", "Об'єкт ще не готовий.", ["Об’єкт поки що не готовий."]),
    ("hebrew", "הרכבת מאחרת היום.", ["הרכבת תאחר היום."]),
    ("arabic", "أين أقرب محطة، من فضلك؟", ["من فضلك، أين توجد أقرب محطة؟"]),
    ("hindi", "आज मौसम बहुत अच्छा है।", ["आज का मौसम बहुत अच्छा है।"]),
    ("thai", "วันนี้อากาศดีมาก", ["วันนี้อากาศดีจริง ๆ"]),
    ("vietnamese", "Tôi đang học tiếng Việt.", ["Tôi học tiếng Việt."]),
    ("korean", "오늘은 날씨가 정말 좋네요.", ["오늘 날씨가 참 좋습니다.", "오늘은 날씨가 정말 좋아요."]),
    ("chinese", "我爱学习。", ["我热爱学习。", "我喜欢学习。"]),
    ("chinese", "欢迎来到北京!", ["欢迎来北京!"]),
    ("chinese", "现在几点?", ["现在几点了?", "请问现在几点了?"]),
    ("chinese", "床前明月光,疑是地上霜。", ["窗前明月光,疑是地上霜。"]),
    ("chinese", "他在2026年5月3日花了1,250.50元买了一台MacBook。", ["2026年5月3日,他花1,250.50元买了台 MacBook 电脑。"]),
    ("chinese", "这本书 很 有意思", ["这本书很有意思。"]),
    ("chinese", "「你好」,他說:「請坐。」", ["他说:“你好,请坐。”"]),
    ("chinese", "小明每个星期天都在公园里打太极拳", ["小明每个星期天在公园打太极拳吗?"]),
    ("chinese", "好", ["好。"]),
    ("chinese", "𠮷野家在哪里?", ["吉野家在哪儿?"]),
    ("japanese", "私は学生です。", ["わたしは学生です。", "僕は学生だ。"]),
    ("japanese", "東京へようこそ!", ["東京にようこそ!"]),
    ("japanese", "コーヒーを二杯ください。", ["コーヒーを2杯お願いします。"]),
    ("japanese", "昨日、ラーメンを食べた", ["きのうラーメンを食べました。"]),
    ("emoji", "See you tomorrow 👋🏽😊", ["See you tomorrow! 👋😊"]),
    ("emoji", "👩‍👩‍👧 🇨🇳❤️", ["👩‍👩‍👧‍👦 🇨🇳 ♥️"]),
    ("emoji", "好的👍", ["好的👍👍"]),
    ("ipa", "h ə l oʊ", ["HH AH0 L OW1", "h ɛ l oʊ"]),
    ("dates", "2026-05-03", ["2026-05-30"]),
    ("code", "for (let i = 0; i < n; i++) { sum += x[i]; }", ["for (let i = 0; i < n; ++i) sum += x[i];"]),
    ("markup", "<b>Caf&eacute;</b> &amp; bar", ["<b>Café</b> & bar"]),
    ("white space at the start", "  .5 of it", [".5 of it"]),
    ("white space at the start", "\u3000,好 .", [",好。"]),
    ("white space only", " \u3000\t", ["\u00a0"]),
]


def streams_of(references):
    """sacreBLEU wants the first references of all sentences, then the second ones."""
    most = max(len(of_one) for of_one in references)
    return [[of_one[i] if i < len(of_one) else None for of_one in references] for i in range(most)]


def signature_of(metric):
    return str(metric.get_signature()).rsplit("|version:", 1)[0]


def bleu_case(corpus, tokenizer, smoothing, value):
    lowercase, effective = rng.random() < 0.3, rng.random() < 0.3
    metric = BLEU(lowercase, True, tokenizer, smoothing, value, effective_order=effective)
    result = metric.corpus_score(corpus["hypotheses"], streams_of(corpus["references"]))
    precisions = [round(precision, 6) for precision in result.precisions]
    measures = [round(result.score, 6), *precisions, round(result.bp, 6), result.sys_len, result.ref_len]
    return [tokenizer, smoothing, value, lowercase, effective, *measures, signature_of(metric)]


def chrf_case(corpus, char_order, word_order, beta, lowercase, whitespace, eps):
    metric = CHRF(char_order, word_order, beta, lowercase, whitespace, eps)
    result = metric.corpus_score(corpus["hypotheses"], streams_of(corpus["references"]))
    return [char_order, word_order, beta, lowercase, whitespace, eps, round(result.score, 6), signature_of(metric)]


def chrf_settings():
    """chrF, chrF++ and two others."""
    yield 6, 0, 2, False, False, False
    yield 6, 2, 2, False, False, False
    for _ in range(2):
        flags = [rng.random() < 0.5 for _ in range(3)]
        yield (rng.choice([1, 3, 6]), rng.choice([0, 1, 2, 3]), rng.choice([1, 2, 3]), *flags)


def sentence_case(hypothesis, references):
    metrics = BLEU(effective_order=True), CHRF(), CHRF(word_order=2)
    return [round(metric.sentence_score(hypothesis, references).score, 6) for metric in metrics]


def levenshtein(a, b):
    """The whole table, cell by cell."""
    table = [[i + j if i == 0 or j == 0 else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            substituted = table[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, substituted)
    return table[-1][-1]


def position_independent(a, b):
    """Popović and Ney 2007: half of the difference in length and of all differences in counts."""
    counts_a, counts_b = Counter(a), Counter(b)
    differences = sum(abs(counts_a[word] - counts_b[word]) for word in set(counts_a) | set(counts_b))
    return (abs(len(a) - len(b)) + differences) // 2


def error_case(corpus, split, distance):
    total_edits = total_length = 0
    for hypothesis, references in zip(corpus["hypotheses"], corpus["references"]):
        candidates = [(distance(split(hypothesis), split(one)), -len(split(one))) for one in references]
        edits, negative_length = min(candidates)
        total_edits += edits
        total_length -= negative_length
    return [total_edits, total_length]


def error_cases(corpus):
    return {
        "wer": error_case(corpus, str.split, levenshtein),
        "cer": error_case(corpus, str.strip, levenshtein),
        "per": error_case(corpus, str.split, position_independent),
    }


def classification_case(class_count, example_count):
    labels = [f"class {i}" for i in range(class_count)]
    expected = [rng.choice(labels) for _ in range(example_count)]
    predicted = [label if rng.random() < 0.6 else rng.choice(labels) for label in expected]
    f1s = []
    for label in sorted(set(expected + predicted)):
        right = sum(e == p == label for e, p in zip(expected, predicted))
        precision = right / predicted.count(label) if label in predicted else 0
        recall = right / expected.count(label) if label in expected else 0
        f1s.append(2 * precision * recall / (precision + recall) if right else 0)
    accuracy = sum(e == p for e, p in zip(expected, predicted)) / example_count
    macro_f1 = sum(f1s) / len(f1s)
    return {"expected": expected, "predicted": predicted, "accuracy": 100 * accuracy, "macroF1": 100 * macro_f1}


def bootstrap_case(sentence_count, samples):
    """Two systems of nearly the same quality; the draws are those that PairedTest makes of its default seed."""
    references = [MAKERS["english"]() for _ in range(sentence_count)]
    a = [noised(line, MAKERS["english"]) for line in references]
    b = [noised(line, MAKERS["english"]) if rng.random() < 0.9 else line for line in references]
    metrics = {"bleu": BLEU(), "chrf": CHRF()}
    test = lambda count: PairedTest([("a", a), ("b", b)], metrics, [references], test_type="bs", n_samples=count)()[1]
    scores, many = test(samples), test(10_000)
    draws = numpy.random.default_rng(12345).choice(sentence_count, size=(samples, sentence_count), replace=True)
    results = {}
    for name, key in [("bleu", "BLEU"), ("chrf", "chrF2")]:
        of_a, of_b = scores[key]
        numbers = {f"{system}{part}": value for system, one in [("a", of_a), ("b", of_b)] for part, value in
                   [("Score", one.score), ("Mean", float(one.mean)), ("HalfWidth", float(one.ci))]}
        results[name] = {**{part: round(value, 6) for part, value in numbers.items()}, "pValue": of_b.p_value, "pValueOf10000": many[key][1].p_value}
    return {"references": references, "a": a, "b": b, "draws": draws.tolist(), **results}


def main():
    logging.disable(logging.WARNING)
    corpora = [{"kind": kind, "hypotheses": hyps, "references": refs} for kind, hyps, refs in TRICKY]
    corpora += [{"kind": f"written, {kind}", "hypotheses": [hyp], "references": [refs]} for kind, hyp, refs in WRITTEN]
    for kind in MAKERS:
        corpora += [made(kind, reference_count) for reference_count in (1, 1, 1, 1, 1, 2, 2, 3)]
    settings = [(tokenizer, *smoothing) for tokenizer in TOKENIZERS for smoothing in SMOOTHINGS]
    for corpus in corpora:
        corpus["bleu"] = [bleu_case(corpus, *setting) for setting in rng.sample(settings, SETTINGS_OF_A_CORPUS)]
        corpus["chrf"] = [chrf_case(corpus, *setting) for setting in chrf_settings()]
        corpus["sentences"] = [sentence_case(*pair) for pair in zip(corpus["hypotheses"], corpus["references"])]
        corpus["errors"] = error_cases(corpus)
    golden = {
        "script": "test/oracles/make_metrics_golden.py",
        "sacrebleu": sacrebleu.__version__,
        "numpy": numpy.__version__,
        "seed": SEED,
        "corpora": corpora,
        "classification": [classification_case(class_count, 3 * class_count) for class_count in (1, 2, 3, 5, 7, 11)],
        "bootstrap": bootstrap_case(37, 101),
    }
    path = pathlib.Path(__file__).parent.parent / "golden" / "metrics.json"
    rows = ",\n".join(json.dumps(corpus, ensure_ascii=False) for corpus in corpora)
    others = {key: value for key, value in golden.items() if key != "corpora"}
    text = json.dumps({**others, "corpora": []}, ensure_ascii=False).replace('"corpora": []', f'"corpora": [\n{rows}\n]')
    path.write_text(text + "\n", encoding="utf-8")
    counts = {key: sum(len(corpus[key]) for corpus in corpora) for key in ("bleu", "chrf", "sentences", "errors")}
    print(f"{path}: {len(corpora)} corpora, {counts}")


if __name__ == "__main__":
    main()
