#!/usr/bin/env python3
"""An experiment's network, as PyTorch starts it, as an ONNX file for one batch size: onnx_export.py NETWORK BATCH FILE

Prints one line of JSON with the number of its parameters. Batch norm is left to the reader of the file to fold.
"""
import json
import sys
import warnings

from serve import claim_stdout

STDOUT = claim_stdout()

import torch  # noqa: E402

from images import image_shape, load_card  # noqa: E402
from networks import Network, load_experiment  # noqa: E402

name, batch, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
experiment = load_experiment(name)
shape = image_shape(load_card(experiment))
torch.manual_seed(1)
network = Network(experiment, shape).eval()
warnings.simplefilter("ignore")  # this exporter is the old one: the new one needs a package that Debian does not have
torch.onnx.export(network, (torch.zeros(batch, *shape),), path, dynamo=False, opset_version=17, input_names=["images"], output_names=["logits"])
print(json.dumps({"network": experiment["name"], "parameters": sum(p.numel() for p in network.parameters()), "shape": shape}), file=STDOUT)
