#!/usr/bin/env python3
"""How fast PyTorch trains and classifies with an experiment's network on this machine.

    pytorch_bench.py --network cifar10-simple --threads 2 --batch 64 [--infer] [--seconds 3]
        one line of JSON, images a second
    pytorch_bench.py --network cifar10-simple --threads 2 --serve train:64,infer:64,infer:1
        for `cnnlab bench`: see serve.py

Synthetic images, normalised and in memory before the clock starts: reading, augmentation and normalisation are not
counted, in PyTorch's favour. A training step is forward, loss, backward and the experiment's optimizer. Both memory
formats are tried; the faster one counts.

"blas" is who multiplies the dense layers' matrices. Debian's PyTorch takes whatever libblas.so.3 is installed,
and the reference BLAS that comes along by default is several times slower than OpenBLAS: compare with OpenBLAS,
or say so. Of OpenBLAS it should be the package libopenblas0-openmp, which shares its threads with PyTorch: those
of libopenblas0-pthread go on spinning after a product, which keeps the cores from PyTorch's own (28 ms instead of
.6 for one image on two cores).
"""
import argparse
import json
import os
import statistics

from serve import claim_stdout, repeat, serve


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--network", required=True, help="an experiment's name, a path to its JSON, or JSON")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--infer", action="store_true", help="classify instead of train")
    parser.add_argument("--seconds", type=float, default=3, help="how long each memory format is measured")
    parser.add_argument("--serve", metavar="TASKS", help='"train:64,infer:1": what to offer, with batch sizes')
    return parser.parse_args()


ARGS = arguments()
STDOUT = claim_stdout()
# before PyTorch is there: OpenBLAS takes its number of threads from the environment, and
# set_num_threads does not reach it
os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = str(ARGS.threads)

import torch  # noqa: E402

from images import image_shape, load_card  # noqa: E402
from networks import Network, load_experiment  # noqa: E402
from recipe import Optimizer, make_loss  # noqa: E402

FORMATS = {"channels_last": torch.channels_last, "contiguous": torch.contiguous_format}


def blas_in_use():
    """The BLAS library that this process has loaded."""
    if torch.backends.mkl.is_available():
        return "mkl"
    try:
        with open("/proc/self/maps") as maps:
            loaded = maps.read()
    except OSError:
        return "unknown"
    return next((name for name in ("openblas", "blis", "atlas") if name in loaded), "reference" if "libblas.so" in loaded else "bundled")


def make_work(experiment, card, task, batch, memory_format):
    torch.manual_seed(1)
    x = torch.randn(batch, *image_shape(card)).to(memory_format=memory_format)
    y = torch.randint(0, len(card["classes"]), (batch,))
    network = Network(experiment, image_shape(card)).to(memory_format=memory_format)
    loss_of, optimizer = make_loss(experiment), Optimizer(experiment, network)
    network.train(task == "train")

    def infer():
        with torch.inference_mode():
            network(x)

    def train():
        optimizer.zero_grad()
        loss_of(network(x), y).backward()
        optimizer.step(0, 1, 1.0)

    return infer if task == "infer" else train


def main():
    torch.set_num_threads(ARGS.threads)
    torch.set_num_interop_threads(1)
    experiment = load_experiment(ARGS.network)
    card = load_card(experiment)
    tasks = ARGS.serve.split(",") if ARGS.serve else [f"{'infer' if ARGS.infer else 'train'}:{ARGS.batch}"]
    variants = [{"task": task.split(":")[0], "batch": int(task.split(":")[1]), "name": name} for task in tasks for name in FORMATS]
    makers = [lambda v=v: make_work(experiment, card, v["task"], v["batch"], FORMATS[v["name"]]) for v in variants]
    introduction = {"library": "PyTorch", "version": torch.__version__.split("+")[0], "blas": blas_in_use(), "threads": ARGS.threads,
                    "network": experiment["name"],
                    "parameters": sum(p.numel() for p in Network(experiment, image_shape(card)).parameters()), "variants": variants}
    if ARGS.serve:
        serve(STDOUT, introduction, makers)
        return
    rates = {}
    for variant, maker in zip(variants, makers):
        work = maker()
        repeat(work, 0.3)
        rates[variant["name"]] = statistics.median(ARGS.batch / statistics.mean(repeat(work, ARGS.seconds / 7)) for _ in range(7))
    best = max(rates, key=rates.get)
    del introduction["variants"]
    print(json.dumps({**introduction, "batch": ARGS.batch, "infer": ARGS.infer, "images_per_second": round(rates[best], 1),
                      "memory_format": best}), file=STDOUT)


if __name__ == "__main__":
    main()
