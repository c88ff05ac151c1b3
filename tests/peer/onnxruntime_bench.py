#!/usr/bin/env python3
"""How fast ONNX Runtime classifies with an experiment's network, for `cnnlab bench` (see serve.py).

    onnxruntime_bench.py --network cifar10-simple --threads 2 --serve infer:64,infer:1

The networks come from PyTorch as ONNX files. Images are as in pytorch_bench.py. Every execution provider that is there
and takes the whole network is a variant; the fastest one counts.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from serve import claim_stdout, serve

parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
parser.add_argument("--network", required=True)
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--serve", required=True, metavar="TASKS")
ARGS = parser.parse_args()
STDOUT = claim_stdout()
os.environ["OMP_NUM_THREADS"] = str(ARGS.threads)  # oneDNN's threads

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402

PROVIDERS = [p for p in ("CPUExecutionProvider", "DnnlExecutionProvider") if p in onnxruntime.get_available_providers()]


def make_work(path, batch, shape, provider):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = ARGS.threads, 1
    options.log_severity_level = 3
    # its threads would keep the cores from those that are measured in between
    options.add_session_config_entry("session.force_spinning_stop", "1")
    session = onnxruntime.InferenceSession(path, options, providers=list(dict.fromkeys([provider, "CPUExecutionProvider"])))
    images = {"images": np.random.default_rng(1).standard_normal((batch, *shape), dtype=np.float32)}
    return lambda: session.run(["logits"], images)


def main():
    with tempfile.TemporaryDirectory() as folder:
        variants, makers = [], []
        for task in ARGS.serve.split(","):
            batch = int(task.removeprefix("infer:"))
            path = f"{folder}/{batch}.onnx"
            # in a process of its own: PyTorch's and ONNX Runtime's copies of the same libraries do not mix
            out = subprocess.run([sys.executable, Path(__file__).with_name("onnx_export.py"), ARGS.network, str(batch), path],
                                 check=True, stdout=subprocess.PIPE, text=True).stdout
            network = json.loads(out)
            for provider in PROVIDERS:
                variants.append({"task": "infer", "batch": batch, "name": provider.removesuffix("ExecutionProvider")})
                makers.append(lambda a=(path, batch, network["shape"], provider): make_work(*a))
        serve(STDOUT, {"library": "ONNX Runtime", "version": onnxruntime.__version__, "threads": ARGS.threads, "network": network["network"],
                       "parameters": network["parameters"], "variants": variants}, makers)


main()
