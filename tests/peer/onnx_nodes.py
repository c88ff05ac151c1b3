#!/usr/bin/env python3
"""ONNX's own backend node tests on this program.

onnx_nodes.py --onnx-tests DIR [--program FILE] [--tests FILE] [--list]

DIR is the folder onnx/backend/test/data of the package onnx, or its node/. Each test is a node with its inputs and
outputs. Here its first input becomes the images and the others weights, and all numbers of its output go into 8 sums,
because that is what an image classifier has. The table says of each operator how many tests passed, were refused (with
the reason) or failed; one that failed is an error. Tests without an image as first input, of integers or of training
are not for classifiers. Needs onnx and NumPy.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from tensors import write_safetensors  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The operators that are read, with other names of what is made of them.
OPERATORS = set(
    "Add AveragePool BatchNormalization Cast Clip Concat Constant Conv Div Dropout Flatten Gelu Gemm GlobalAveragePool "
    "GlobalMaxPool HardSigmoid HardSwish Identity MatMul MaxPool Mul Pad ReduceMax ReduceMean Relu Reshape Resize "
    "Sigmoid Slice Softmax Squeeze Sub Sum Tanh Transpose Unsqueeze".split()
)


def tensor_of(path):
    tensor = onnx.TensorProto()
    tensor.ParseFromString(path.read_bytes())
    return numpy_helper.to_array(tensor)


def constant(graph, name, values):
    graph.initializer.append(numpy_helper.from_array(np.asarray(values, np.int64), name))
    return name


def reshaped(graph, model, value, name, axes, op):
    """Appends a Squeeze or Unsqueeze, whose axes were an attribute before opset 13."""
    if model.opset_import[0].version < 13:
        return helper.make_node(op, [value], [name], axes=axes)
    return helper.make_node(op, [value, constant(graph, f"{name}_axes", axes)], [name])


def as_classifier(folder):
    """The test as (model, images, wanted rows); a text says why it is none."""
    model = onnx.load(str(folder / "model.onnx"))
    graph, data = model.graph, folder / "test_data_set_0"
    try:
        values = [tensor_of(data / f"input_{i}.pb") for i in range(len(graph.input))]
        wanted = tensor_of(data / "output_0.pb")
    except Exception:  # a sequence, an optional or a map
        return "not of tensors"
    if not values or values[0].dtype != np.float32 or wanted.dtype != np.float32:
        return "not of 32-bit floats"
    x = values[0]
    if not 2 <= x.ndim <= 4 or wanted.ndim < 1 or wanted.size == 0 or wanted.shape[0] != x.shape[0]:
        return "not of images"
    first = graph.input[0].name
    for value, given in zip(graph.input[1:], values[1:]):
        graph.initializer.append(numpy_helper.from_array(given, value.name))
    nodes = list(graph.node)
    if x.ndim < 4:
        # Added after the batch: a last axis of 1 would be taken for channels.
        nodes.insert(0, reshaped(graph, model, "images", first, list(range(1, 5 - x.ndim)), "Squeeze"))
        first = "images"
    output = graph.output[0].name
    rows = wanted.reshape(wanted.shape[0], -1).astype(np.float64)
    if wanted.ndim == 1:
        nodes.append(reshaped(graph, model, output, "row", [1], "Unsqueeze"))
        output = "row"
    elif wanted.ndim != 2:
        nodes.append(helper.make_node("Flatten", [output], ["row"], axis=1))
        output = "row"
    sums = np.random.default_rng(7).normal(0, rows.shape[1] ** -0.5, (rows.shape[1], 8)).astype(np.float32)
    graph.initializer.append(numpy_helper.from_array(sums, "sums"))
    nodes.append(helper.make_node("Gemm", [output, "sums"], ["logits"]))
    output = "logits"
    shape = [x.shape[0]] + [1] * (4 - x.ndim) + list(x.shape[1:])
    del graph.node[:], graph.input[:], graph.output[:]
    graph.node.extend(nodes)
    graph.input.append(helper.make_tensor_value_info(first, TensorProto.FLOAT, ["n", *shape[1:]]))
    graph.output.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, None))
    return model, x.reshape(shape), (rows @ sums.astype(np.float64)).astype(np.float32)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--onnx-tests", required=True, type=pathlib.Path)
    arguments.add_argument("--program", default=ROOT / "build/release/cnnlab", type=pathlib.Path)
    arguments.add_argument("--tests", default=ROOT / "build/release/cnnlab_tests", type=pathlib.Path)
    arguments.add_argument("--list", action="store_true", help="each test, not only counts")
    options = arguments.parse_args()
    folder = options.onnx_tests / "node" if (options.onnx_tests / "node").is_dir() else options.onnx_tests
    names = sorted(path.parent.name for path in folder.glob("*/model.onnx"))
    if not names:
        sys.exit(f"onnx_nodes.py: {folder}: has no tests: give the folder onnx/backend/test/data of the package onnx")

    results, tensors, operator_of = {}, {}, {}
    with tempfile.TemporaryDirectory() as made:
        for name in names:
            graph = onnx.load(str(folder / name / "model.onnx")).graph
            operators = [node.op_type for node in graph.node]
            if not operators or not set(operators) <= OPERATORS:
                continue
            operator_of[name] = operators[-1]
            test = as_classifier(folder / name)
            if isinstance(test, str):
                results[name] = ("other", test)
                continue
            model, images, wanted = test
            path = pathlib.Path(made) / f"{name}.onnx"
            path.write_bytes(model.SerializeToString())
            command = [options.program, "import", path, "--out", f"{made}/run-{name}"]
            run = subprocess.run(command, capture_output=True, text=True, check=False)
            if run.returncode == 1:
                reason = re.sub(r"^cnnlab: error: [^:]*\.onnx: ", "", run.stderr.strip().splitlines()[-1])
                results[name] = ("refused", reason)
                path.unlink()
            elif run.returncode != 0:
                results[name] = ("failed", f"exit code {run.returncode}: {run.stderr.strip()[-200:]}")
                path.unlink()
            else:
                tensors[f"{name}/input"], tensors[f"{name}/output"] = images, wanted
        write_safetensors(f"{made}/graphs.safetensors", tensors)
        # The numbers are compared where the program's own graphs are.
        report = f"{made}/report.json"
        subprocess.run(
            [options.tests, "--gtest_filter=Graphs/ForeignGraph.*", f"--gtest_output=json:{report}"],
            env={**os.environ, "CNNLAB_GRAPHS": made}, stdout=subprocess.DEVNULL, check=False,
        )
        for suite in json.loads(pathlib.Path(report).read_text())["testsuites"]:
            for test in suite["testsuite"]:
                failures = [" ".join(item["failure"].split()) for item in test.get("failures", [])]
                result = ("failed", " ".join(failures)[:300]) if failures else ("passed", "")
                results[test["name"].split("/")[-1]] = result

    missing = [name for name in operator_of if name not in results]
    for name in missing:
        results[name] = ("failed", "did not run")
    table = collections.defaultdict(collections.Counter)
    for name, (result, _) in results.items():
        table[operator_of[name]][result] += 1
    print(f"{'operator':<20} passed refused failed  not of classifiers")
    for operator in sorted(table):
        row = table[operator]
        print(f"{operator:<20} {row['passed']:>6} {row['refused']:>7} {row['failed']:>6} {row['other']:>7}")
    total = sum(table.values(), collections.Counter())
    print(f"{'all':<20} {total['passed']:>6} {total['refused']:>7} {total['failed']:>6} {total['other']:>7}")
    for name, (result, why) in sorted(results.items()):
        if result in ("refused", "failed") or options.list:
            print(f"{result}: {name}{': ' if why else ''}{why}")
    sys.exit(1 if total["failed"] or not total["passed"] else 0)


if __name__ == "__main__":
    main()
