"""The golden cases: small experiments that between them use every layer, loss, optimizer and schedule.

They stand in tests/cases.json, which the other suites read too. Every layer under test stands behind a layer that
learns, so that its input gradient is tested too. Images are 7 rows by 6 columns (or 5 by 4), so that a mix-up of
height and width shows, and the last batch is smaller than the others.
"""
import json
from pathlib import Path

STEM = {"type": "conv2d", "out_channels": 4, "kernel": 1}
HEAD = [{"type": "flatten"}, {"type": "dense", "out_features": 3}]


def case(name, layers, image=(7, 6, 3), classes=3, steps=2, batch=4, epochs=1, keep=(2,), gain=1.5, **parts):
    """`image` is (H, W, C); `steps` batches make an epoch; parameters are stored after the steps in `keep`."""
    channels = image[2]
    dataset = {"name": "golden", "mean": [0.4, 0.5, 0.6][:channels], "std": [0.2, 0.25, 0.3][:channels]}
    train = {"epochs": epochs, "batch": batch, "eval_batch": 3, "shuffle": False}
    experiment = {"name": name, "dataset": dataset, "model": {"layers": layers}, "loss": "cross_entropy",
                  "optimizer": {"type": "sgd", "lr": 0.1}, **parts, "train": train}
    return {"experiment": experiment, "image": (channels, *image[:2]), "classes": classes, "steps": steps,
            "keep": tuple(keep), "gain": gain}


def read_cases():
    table = json.loads((Path(__file__).resolve().parent.parent / "cases.json").read_text())
    for row in table["layers"]:
        if "golden" in row:
            options = {"name": row["golden"]} if isinstance(row["golden"], str) else row["golden"]
            layers = row["layers"] if row.get("place") == "whole" else [STEM, *row["layers"], *HEAD]
            yield case(layers=layers, **options)
    for row in table["trainings"]:
        yield case(**row)


CASES = list(read_cases())
