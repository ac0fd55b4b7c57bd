"""What people's labels could teach: a logistic regression for each label on the features that the index keeps of the photos.

    python3 -m venv <venv> && <venv>/bin/pip install numpy scikit-learn
    <venv>/bin/python test/bench/linear_probe.py <folder> <library> [<split>]

The folder has `captions.tsv` and `labels.tsv` as in main-job.ts; every eighth photo is held out and judged (split 0 to 7: which of
eight), the probe learns from the labels of all others, which Photolex never does. The library has indexed the folder (for example `npm run bench:tuning -- <folder> --library <library>`).
Measures are those of tuning.ts: for a pair of labels a photo scores the sum of both log-probabilities.
"""

import sqlite3
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

folder, library = map(Path, sys.argv[1:3])
split = int(sys.argv[3]) if len(sys.argv) > 3 else 0

captions = [line.split("\t")[0] for line in (folder / "captions.tsv").read_text().splitlines()]
labels_of = {}
for line in (folder / "labels.tsv").read_text().splitlines():
    path, _, names = line.partition("\t")
    labels_of[path] = set(filter(None, names.split(", ")))
labels = sorted(set().union(*labels_of.values()))

database = sqlite3.connect(f"file:{library / 'photolex.db'}?mode=ro", uri=True)
query = "SELECT files.path, features.feature FROM files JOIN features USING (photo) WHERE backbone = 'efficientnet-lite0'"
feature_of = {path: np.frombuffer(blob, np.float16).astype(np.float32) for path, blob in database.execute(query)}

features = np.stack([feature_of[path] for path in captions])
features /= np.linalg.norm(features, axis=1, keepdims=True)
has = np.array([[label in labels_of.get(path, ()) for label in labels] for path in captions])
held_out = np.arange(len(captions)) % 8 == split


def probe(label):
    # C: the best of 1, 10, 30 and 100 where the second of every eight is held out
    model = LogisticRegression(C=10, max_iter=300).fit(features[~held_out], has[~held_out, label])
    return model.predict_log_proba(features[held_out])[:, 1]


scores = np.stack([probe(label) for label in range(len(labels))], axis=1)
truth = has[held_out]


def measures(queries):
    """Mean P@5 and mean average precision of (scores, relevant) of several queries."""
    precision, average = [], []
    for score, relevant in queries:
        right = relevant[np.argsort(-score, kind="stable")]
        precision.append(right[:5].mean())
        average.append((np.cumsum(right) / np.arange(1, len(right) + 1))[right].mean())
    return f"P@5 {np.mean(precision):.3f}, mAP {np.mean(average):.3f}"


print(f"{len(labels)} labels: {measures((scores[:, label], truth[:, label]) for label in range(len(labels)))}")
for least in (5, 12):
    both = [(a, b, truth[:, a] & truth[:, b]) for a, b in combinations(range(len(labels)), 2)]
    frequent = [(scores[:, a] + scores[:, b], relevant) for a, b, relevant in both if relevant.sum() >= least]
    print(f"{len(frequent)} pairs that at least {least} photos have: {measures(frequent)}")
