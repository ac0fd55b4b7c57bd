"""Gensim's side of text.ts: trains as told by each line of standard input, and answers with the words per second.

    python3 -m venv <folder> && <folder>/bin/pip install gensim==4.4.0

The first argument is a file of texts, a line each, tokens with spaces between. A request is a line of JSON: method, dimension, workers, epochs.
"""

import json
import os
import sys
from pathlib import Path
from time import perf_counter

# A worker is a core: the matrix library must not start threads of its own.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from gensim import __version__
from gensim.models import Doc2Vec, FastText, Word2Vec
from gensim.models.doc2vec import TaggedDocument

texts = [line.split() for line in Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()]
tagged = [TaggedDocument(text, [number]) for number, text in enumerate(texts)]
words = sum(len(text) for text in texts)
methods = {
    "skip-gram": (Word2Vec, {"sg": 1}, texts),
    "cbow": (Word2Vec, {"sg": 0, "cbow_mean": 1}, texts),
    "fasttext": (FastText, {"sg": 1, "min_n": 3, "max_n": 6, "bucket": 200_000}, texts),
    "dbow": (Doc2Vec, {"dm": 0, "dbow_words": 0}, tagged),
    "dm": (Doc2Vec, {"dm": 1, "dm_mean": 1}, tagged),
}
shared = {"window": 5, "negative": 5, "sample": 0, "min_count": 1, "alpha": 0.025, "min_alpha": 0.0001, "seed": 1}

print(json.dumps({"gensim": __version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    make, own, corpus = methods[request["method"]]
    epochs = request["epochs"]
    model = make(vector_size=request["dimension"], workers=request["workers"], epochs=epochs, **shared, **own)
    model.build_vocab(corpus)
    started = perf_counter()
    model.train(corpus, total_examples=len(corpus), epochs=epochs)
    print(json.dumps({"wordsPerSecond": epochs * words / (perf_counter() - started)}), flush=True)
