#!/usr/bin/env python3
"""How many images a second PyTorch trains (or classifies) of an experiment's network on this machine.

    pytorch_bench.py --network cifar10-simple --batch 64 --threads 2 [--infer] [--channels-last] [--seconds 3]

Synthetic images, normalised and in memory before the clock starts: reading, augmentation and normalisation are not counted, in PyTorch's
favour. A training step is forward, loss, backward and the experiment's optimizer. Both memory formats are tried and the faster one is
reported (--channels-last: that one only). Prints one line of JSON; images_per_second is the median of several repeats after a warm-up.

"blas" is who multiplies the dense layers' matrices. Debian's PyTorch takes whatever libblas.so.3 is installed, and the reference BLAS that
comes along by default is several times slower than OpenBLAS (package libopenblas0-pthread): compare with OpenBLAS, or say so.
"""
import argparse
import json
import os
import statistics
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--network", required=True, help="an experiment's name, or a path to its JSON")
    parser.add_argument("--batch", type=int, default=0, help="0: as the experiment says")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--infer", action="store_true", help="classify instead of train")
    parser.add_argument("--channels-last", action="store_true", help="do not try the contiguous (NCHW) format")
    parser.add_argument("--seconds", type=float, default=3, help="how long each memory format is measured")
    return parser.parse_args()


ARGS = arguments()
# before PyTorch is there: OpenBLAS takes its number of threads from the environment, and set_num_threads does not reach it
os.environ["OPENBLAS_NUM_THREADS"] = str(ARGS.threads)

import torch  # noqa: E402

from images import image_shape, load_card  # noqa: E402
from networks import Network, load_experiment  # noqa: E402
from recipe import Optimizer, make_loss  # noqa: E402


def repeats_per_second(step, seconds, repeats=7):
    """Median over the repeats of how often `step` runs in a second."""
    start = time.perf_counter()
    for _ in range(3):  # warm-up: oneDNN builds its primitives in the first steps
        step()
    once = (time.perf_counter() - start) / 3
    steps = max(1, round(seconds / repeats / once))
    rates = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(steps):
            step()
        rates.append(steps / (time.perf_counter() - start))
    return statistics.median(rates)


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


def make_step(experiment, card, args, memory_format):
    torch.manual_seed(1)
    x = torch.randn(args.batch, *image_shape(card)).to(memory_format=memory_format)
    y = torch.randint(0, len(card["classes"]), (args.batch,))
    network = Network(experiment, image_shape(card)).to(memory_format=memory_format)
    loss_of, optimizer = make_loss(experiment), Optimizer(experiment, network)
    network.train(not args.infer)

    def infer():
        with torch.inference_mode():
            network(x)

    def train():
        optimizer.zero_grad()
        loss_of(network(x), y).backward()
        optimizer.step(1.0)

    return infer if args.infer else train


def main():
    args = ARGS
    torch.set_num_threads(args.threads)
    torch.set_num_interop_threads(1)
    experiment = load_experiment(args.network)
    args.batch = args.batch or experiment.get("train", {}).get("batch", 64)
    card = load_card(experiment)
    formats = {"channels_last": torch.channels_last}
    if not args.channels_last:
        formats["contiguous"] = torch.contiguous_format
    rates = {name: args.batch * repeats_per_second(make_step(experiment, card, args, f), args.seconds) for name, f in formats.items()}
    best = max(rates, key=rates.get)
    print(json.dumps({"network": experiment["name"], "version": torch.__version__, "threads": args.threads, "batch": args.batch,
                      "images_per_second": round(rates[best], 1), "memory_format": best, "infer": args.infer,
                      "blas": blas_in_use()}))


if __name__ == "__main__":
    main()
