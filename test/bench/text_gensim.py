"""Words per second of Gensim, for text.ts: python text_gensim.py <captions> <method> <dimension> <epochs> <threads>"""

import sys
import time

from gensim.models import Doc2Vec, FastText, Word2Vec
from gensim.models.doc2vec import TaggedDocument

path, method, dimension, epochs, threads = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:])
texts = [line.split() for line in open(path, encoding="utf8")]
words = sum(map(len, texts))
common = dict(
    vector_size=dimension, window=5, negative=5, sample=0, min_count=1, epochs=epochs, workers=threads, seed=1
)
if method in ("dbow", "dm"):
    texts = [TaggedDocument(text, [number]) for number, text in enumerate(texts)]
    model = Doc2Vec(dm=int(method == "dm"), dm_mean=1, **common)
elif method == "fasttext":
    model = FastText(sg=1, bucket=200_000, **common)
else:
    model = Word2Vec(sg=int(method == "skip-gram"), **common)
model.build_vocab(texts)
start = time.perf_counter()
model.train(texts, total_examples=len(texts), epochs=epochs)
print(words * epochs / (time.perf_counter() - start))
