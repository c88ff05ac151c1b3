#!/usr/bin/env python3
"""Small graphs in the forms in which programs write ONNX, and what they give: make_graphs.py

Writes tests/exchange/graphs/NAME.onnx and graphs.safetensors with "NAME/input" and "NAME/output". The outputs are ONNX
Runtime's, but for those of WRONG, which are of the standard's own reference; where the two differ, a line says so.
Graphs whose name ends in _end give probabilities. Needs onnx, NumPy and ONNX Runtime: run it with
tests/peer/run.sh ../exchange/make_graphs.py
"""
import os
import sys

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "peer"))
from tensors import write_safetensors  # noqa: E402

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "graphs")
RNG = np.random.default_rng(0)
CASES = []
# ONNX Runtime 1.23 takes no padding below the image into the mean where auto_pad has put it there, and drops the zeros
# of a Pad before a MaxPool.
WRONG = {"average_same_include", "pad_max"}


def w(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def ints(*values):
    return np.array(values, np.int64)


def node(op, inputs, output, **attributes):
    return helper.make_node(op, inputs.split(), output.split(), name=f"{op}_{output.split()[0]}", **attributes)


def make_model(name, nodes, weights, shape, opset, batch, output):
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, (batch, *shape))],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, None)], [numpy_helper.from_array(v, k) for k, v in weights.items()],
    )
    return helper.make_model(graph, producer_name="make_graphs", opset_imports=[helper.make_opsetid("", opset)], ir_version=9)


def run_onnxruntime(model, x):
    options = ort.SessionOptions()
    options.log_severity_level = 4
    session = ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


def case(name, nodes, weights, shape=(3, 7, 6), opset=17, batch="n", end=True):
    """`nodes` make y of x. With `end` all of y's numbers go into a Gemm, so that none is missed."""
    nodes, weights = list(nodes), dict(weights)
    if end:
        y = run_onnxruntime(make_model(name, nodes, weights, shape, opset, batch, "y"), np.zeros((2, *shape), np.float32))
        nodes += [node("Flatten", "y", "flat", axis=1), node("Gemm", "flat last.weight last.bias", "out")]
        weights["last.weight"], weights["last.bias"] = w(int(np.prod(y.shape[1:])), 4), w(4)
    CASES.append((name, nodes, weights, shape, opset, batch, "out" if end else "y"))


def one(name, op, opset=17, shape=(3, 7, 6), weights=None, inputs="", **attributes):
    case(name, [node(op, ("x " + inputs).strip(), "y", **attributes)], weights or {}, shape, opset)


def convolutions():
    conv = {"conv.weight": w(4, 3, 3, 3), "conv.bias": w(4)}
    for word in ("SAME_UPPER", "SAME_LOWER", "VALID"):
        one(f"conv_{word.lower()}", "Conv", weights=conv, inputs="conv.weight conv.bias", auto_pad=word, strides=[2, 2])
    one("conv_pads", "Conv", weights=conv, inputs="conv.weight", pads=[2, 0, 1, 3], strides=[1, 2])
    one("conv_groups", "Conv", shape=(4, 9, 8), weights={"conv.weight": w(6, 2, 3, 2)}, inputs="conv.weight", group=2, dilations=[2, 3], kernel_shape=[3, 2])
    one("conv_depthwise", "Conv", weights={"conv.weight": w(6, 1, 3, 3)}, inputs="conv.weight", group=3, pads=[1, 1, 1, 1])
    case("conv_add", [node("Conv", "x conv.weight", "c"), node("Add", "c b", "y")], {"conv.weight": w(4, 3, 3, 3), "b": w(4, 1, 1)})
    case("pad_conv", [node("Pad", "x pads", "p"), node("Conv", "p conv.weight", "y", pads=[0, 1, 1, 0])],
         {"pads": ints(0, 0, 1, 0, 0, 0, 2, 1), "conv.weight": w(4, 3, 3, 3)})
    case("shuffle", [node("Reshape", "x s1", "a"), node("Transpose", "a", "b", perm=[0, 2, 1, 3, 4]), node("Reshape", "b s2", "c"),
                     node("Conv", "c conv.weight", "y")], {"s1": ints(-1, 2, 3, 5, 4), "s2": ints(0, 6, 5, 4), "conv.weight": w(4, 6, 2, 2)}, shape=(6, 5, 4))


def pools():
    window = {"kernel_shape": [3, 3], "strides": [2, 2]}
    one("max_ceil", "MaxPool", shape=(3, 6, 6), ceil_mode=1, **window)
    one("max_ceil_drops", "MaxPool", shape=(3, 5, 6), ceil_mode=1, kernel_shape=[2, 2], strides=[3, 3], pads=[1, 1, 1, 1])
    one("max_same_upper", "MaxPool", auto_pad="SAME_UPPER", **window)
    one("max_same_lower", "MaxPool", auto_pad="SAME_LOWER", **window)
    one("max_stride_1", "MaxPool", kernel_shape=[2, 3], pads=[1, 0, 0, 2])
    for include in (0, 1):
        word = "include" if include else "exclude"
        one(f"average_{word}", "AveragePool", count_include_pad=include, pads=[1, 1, 1, 0], **window)
        one(f"average_ceil_{word}", "AveragePool", opset=19, shape=(3, 6, 8), count_include_pad=include, ceil_mode=1, **window)
        one(f"average_ceil_pads_{word}", "AveragePool", opset=19, shape=(3, 6, 6), count_include_pad=include, ceil_mode=1, pads=[1, 1, 0, 1], **window)
        one(f"average_same_{word}", "AveragePool", opset=19, count_include_pad=include, auto_pad="SAME_UPPER", **window)
    case("pad_average", [node("Pad", "x pads", "p"), node("AveragePool", "p", "y", **window)], {"pads": ints(0, 0, 1, 1, 0, 0, 1, 1)})
    case("pad_max", [node("Sub", "x five", "s"), node("Pad", "s pads", "p"), node("MaxPool", "p", "y", **window)],
         {"five": np.float32(5), "pads": ints(0, 0, 1, 1, 0, 0, 1, 1)})
    case("pad_two_readers", [node("Pad", "x pads", "p"), node("Relu", "p", "r"), node("Add", "p r", "y")], {"pads": ints(0, 0, 0, 1, 0, 0, 2, 0)})
    case("global_average", [node("GlobalAveragePool", "x", "y")], {})
    case("global_max", [node("GlobalMaxPool", "x", "y")], {})
    case("reduce_mean", [node("ReduceMean", "x", "y", axes=[2, 3], keepdims=0)], {})
    case("reduce_mean_18", [node("ReduceMean", "x axes", "y", keepdims=1)], {"axes": ints(-1, -2)}, opset=18)
    case("reduce_mean_last", [node("Transpose", "x", "t", perm=[0, 2, 3, 1]), node("ReduceMean", "t", "y", axes=[1, 2], keepdims=0)], {})
    case("reduce_max", [node("ReduceMax", "x", "y", axes=[2, 3])], {})


def dense():
    flat = node("Flatten", "x", "f")
    for name, attributes, matrix, c in (
        ("gemm", {}, w(126, 5), w(5)), ("gemm_turned", {"transB": 1}, w(5, 126), w(1, 5)),
        ("gemm_alpha", {"alpha": 0.5, "beta": 2.0}, w(126, 5), w(1)), ("gemm_no_c", {"transB": 1, "alpha": -1.5}, w(5, 126), None),
    ):
        weights = {"m": matrix} if c is None else {"m": matrix, "c": c}
        case(name, [flat, node("Gemm", "f m" + ("" if c is None else " c"), "y", **attributes)], weights)
    case("matmul_add", [flat, node("MatMul", "f m", "p"), node("Add", "b p", "y")], {"m": w(126, 5), "b": w(5)})
    case("matmul_positions", [node("Transpose", "x", "t", perm=[0, 2, 3, 1]), node("MatMul", "t m", "p"), node("Add", "p b", "y")], {"m": w(3, 5), "b": w(5)})
    case("dense_last", [node("Transpose", "x", "t", perm=[0, 2, 3, 1]), node("Reshape", "t s", "f"), node("MatMul", "f m", "y")], {"s": ints(-1, 126), "m": w(126, 5)})
    numbers = [node("Flatten", "x", "f")]
    norm = {"s": w(126), "b": w(126), "m": w(126), "v": np.abs(w(126)) + 0.5}
    case("norm_rows", numbers + [node("BatchNormalization", "f s b m v", "y", epsilon=0.01)], norm)
    norm = {"s": w(3), "b": w(3), "m": w(3), "v": np.abs(w(3)) + 0.5}
    case("norm", [node("BatchNormalization", "x s b m v", "y", epsilon=0.001, momentum=0.8)], norm)


def shapes():
    case("view", [node("Shape", "x", "s"), node("Gather", "s zero", "n", axis=0), node("Unsqueeze", "n axes", "u"), node("Concat", "u rest", "t", axis=0),
                  node("Reshape", "x t", "y")], {"zero": np.array(0, np.int64), "axes": ints(0), "rest": ints(-1)})
    case("view_slice", [node("Shape", "x", "s"), node("Slice", "s a b", "n"), node("Concat", "n rest", "t", axis=0), node("Reshape", "x t", "y")],
         {"a": ints(0), "b": ints(1), "rest": ints(-1)})
    case("view_fixed", [node("Reshape", "x s", "y")], {"s": ints(2, -1)}, batch=2)
    case("reshape_zero", [node("Reshape", "x s", "r"), node("Relu", "r", "y")], {"s": ints(0, 3, -1)})
    case("squeeze", [node("GlobalAveragePool", "x", "g"), node("Squeeze", "g axes", "y")], {"axes": ints(2, 3)})
    case("squeeze_11", [node("GlobalAveragePool", "x", "g"), node("Squeeze", "g", "s", axes=[-1]), node("Unsqueeze", "s", "u", axes=[2]), node("Squeeze", "u", "y", axes=[2, 3])], {}, opset=11)
    case("transpose_twice", [node("Transpose", "x", "t", perm=[0, 2, 3, 1]), node("Relu", "t", "r"), node("Transpose", "r", "b", perm=[0, 3, 1, 2]),
                             node("MaxPool", "b", "y", kernel_shape=[2, 2])], {})
    case("last", [node("Transpose", "x", "t", perm=[0, 3, 1, 2]), node("Conv", "t conv.weight", "c"), node("Transpose", "c", "b", perm=[0, 2, 3, 1]),
                  node("Reshape", "b s", "y")], {"conv.weight": w(4, 3, 3, 3), "s": ints(-1, 80)}, shape=(7, 6, 3))


def values():
    for name, op, opset, inputs, weights, attributes in (
        ("relu", "Relu", 17, "", {}, {}), ("leaky", "LeakyRelu", 17, "", {}, {"alpha": 0.2}), ("prelu", "PRelu", 17, "s", {"s": np.full((3, 1, 1), 0.3, np.float32)}, {}),
        ("sigmoid", "Sigmoid", 17, "", {}, {}), ("tanh", "Tanh", 17, "", {}, {}), ("hard_sigmoid", "HardSigmoid", 17, "", {}, {"alpha": 0.3, "beta": 0.4}),
        ("gelu", "Gelu", 20, "", {}, {}), ("clip_10", "Clip", 10, "", {}, {"min": 0.0, "max": 6.0}),
        ("clip", "Clip", 17, "lo hi", {"lo": np.float32(-0.5), "hi": np.float32(1.25)}, {}), ("clip_low", "Clip", 17, "lo", {"lo": np.float32(-0.5)}, {}),
        ("clip_high", "Clip", 17, " hi", {"hi": np.float32(0.75)}, {}), ("softmax", "Softmax", 17, "", {}, {"axis": 1}),
        ("softmax_11", "Softmax", 11, "", {}, {"axis": 1}), ("neg", "Neg", 17, "", {}, {}), ("identity", "Identity", 17, "", {}, {}),
        ("mul_scalar", "Mul", 17, "k", {"k": np.float32(0.3)}, {}), ("mul_channels", "Mul", 17, "k", {"k": w(1, 3, 1, 1)}, {}), ("div_channels", "Div", 17, "k", {"k": w(3, 1, 1)}, {}),
        ("add_scalar", "Add", 17, "k", {"k": w(1)}, {}), ("sub_channels", "Sub", 17, "k", {"k": w(3, 1, 1)}, {}),
    ):
        if inputs.startswith(" "):  # an input left out
            nodes = [helper.make_node(op, ["x", "", inputs.strip()], ["y"], name=name)]
        else:
            nodes = [node(op, ("x " + inputs).strip(), "y", **attributes)]
        case(name, nodes, weights, opset=opset)
    case("sub_from", [node("Sub", "k x", "y")], {"k": np.float32(1.5)})
    case("max_min", [node("Max", "x lo", "a"), node("Min", "a hi", "y")], {"lo": np.float32(0), "hi": np.float32(6)})
    case("relu_min", [node("Relu", "x", "a"), node("Min", "a hi", "y")], {"hi": np.float32(1)})
    case("silu", [node("Sigmoid", "x", "s"), node("Mul", "x s", "y")], {})
    root, half, unit = np.float32(np.sqrt(2)), np.float32(0.5), np.float32(1)
    case("gelu_torch", [node("Div", "x root", "d"), node("Erf", "d", "e"), node("Add", "e one", "a"), node("Mul", "x a", "m"), node("Mul", "m half", "y")],
         {"root": root, "half": half, "one": unit})
    case("gelu_half_first", [node("Mul", "x root", "d"), node("Erf", "d", "e"), node("Add", "one e", "a"), node("Mul", "a half", "m"), node("Mul", "m x", "y")],
         {"root": np.float32(np.sqrt(0.5)), "half": half, "one": unit})
    case("residual", [node("Conv", "x conv.weight", "c", pads=[1, 1, 1, 1]), node("Relu", "c", "r"), node("Add", "r x", "y")], {"conv.weight": w(3, 3, 3, 3)})
    case("sum_of_three", [node("Relu", "x", "a"), node("Tanh", "x", "b"), node("Sum", "a b x", "y")], {})
    case("sub_values", [node("Relu", "x", "a"), node("Sub", "a x", "y")], {})
    case("concat", [node("Relu", "x", "a"), node("Conv", "x conv.weight", "b"), node("Concat", "b a x", "y", axis=1)], {"conv.weight": w(2, 3, 1, 1)})
    case("concat_last", [node("Relu", "x", "a"), node("Transpose", "a", "t", perm=[0, 2, 3, 1]), node("Transpose", "x", "u", perm=[0, 2, 3, 1]), node("Concat", "t u", "y", axis=-1)], {})
    case("normalised", [node("Sub", "x mean", "c"), node("Div", "c std", "y")], {"mean": w(1, 3, 1, 1), "std": np.abs(w(1, 3, 1, 1)) + 0.5})
    case("dropout", [node("Dropout", "x ratio", "d mask"), node("Relu", "d", "y")], {"ratio": np.float32(0.3)})
    case("constants", [node("Constant", "", "k", value=numpy_helper.from_array(np.array([0.5, 2, -1], np.float16).reshape(3, 1, 1))), node("Cast", "k", "f", to=1), node("Mul", "x f", "y")], {})
    case("doubles", [node("Cast", "k", "f", to=1), node("Mul", "x f", "y")], {"k": np.array([0.25, 3, -2]).reshape(3, 1, 1)})
    case("resize", [helper.make_node("Resize", ["x", "", "scales"], ["y"], name="resize", mode="linear")], {"scales": np.array([1, 1, 2, 1.5], np.float32)})
    case("softmax_end", [node("Flatten", "x", "f"), node("Gemm", "f m", "g"), node("Softmax", "g", "y", axis=1)], {"m": w(126, 5)}, end=False)
    case("log_softmax_end", [node("Flatten", "x", "f"), node("Gemm", "f m", "g"), node("LogSoftmax", "g", "y")], {"m": w(126, 5)}, end=False)
    case("sigmoid_end", [node("Flatten", "x", "f"), node("Gemm", "f m", "g"), node("Sigmoid", "g", "y")], {"m": w(126, 1)}, end=False)


def hard_functions():
    case("hard_swish", [node("HardSwish", "x", "y")], {})
    case("hard_swish_parts", [node("HardSigmoid", "x", "h", alpha=1 / 6, beta=0.5), node("Mul", "h x", "y")], {})
    case("hard_sigmoid_default", [node("HardSigmoid", "x", "y")], {})
    case("hard_sigmoid_clip", [node("Mul", "x sixth", "m"), node("Add", "m half", "a"), node("Clip", "a lo hi", "y")],
         {"sixth": np.float32(1 / 6), "half": np.float32(0.5), "lo": np.float32(0), "hi": np.float32(1)})


def dilated_pools():
    case("max_dilated", [node("MaxPool", "x", "y", kernel_shape=[2, 3], dilations=[3, 2], pads=[1, 2, 1, 1], strides=[2, 1])], {})
    case("max_dilated_ceil", [node("MaxPool", "x", "y", kernel_shape=[2, 2], dilations=[2, 2], strides=[2, 2], ceil_mode=1)], {})
    case("average_dilated", [node("AveragePool", "x", "y", kernel_shape=[2, 3], dilations=[3, 2], strides=[2, 1])], {}, opset=19)
    case("average_dilated_include", [node("AveragePool", "x", "y", kernel_shape=[2, 2], dilations=[2, 3], pads=[1, 1, 0, 1], count_include_pad=1)], {}, opset=19)
    case("pad_average_dilated", [node("Pad", "x p", "a"), node("AveragePool", "a", "y", kernel_shape=[2, 2], dilations=[2, 2])],
         {"p": ints(0, 0, 1, 1, 0, 0, 0, 1)}, opset=19)


def lowest_pads():
    pads = {"p": ints(0, 0, 3, 3, 0, 0, 3, 3), "v": np.float32(np.finfo(np.float32).min)}
    case("pad_lowest_max", [node("Pad", "x p v", "a"), node("MaxPool", "a", "y", kernel_shape=[3, 3], dilations=[3, 3])], pads)
    case("pad_infinite_max", [node("Pad", "x p v", "a"), node("MaxPool", "a", "y", kernel_shape=[4, 3], pads=[1, 0, 0, 1], strides=[2, 3])],
         pads | {"p": ints(0, 0, 2, 1, 0, 0, 0, 2), "v": np.float32(-np.inf)})


def write(tensors):
    for name, nodes, weights, shape, opset, batch, output in CASES:
        model = make_model(name, nodes, weights, shape, opset, batch, output)
        x = RNG.normal(size=(2, *shape)).astype(np.float32)
        y = run_onnxruntime(model, x)
        try:
            (other,) = ReferenceEvaluator(model).run(None, {"x": x})
            off = float(np.abs(other - y).max() / np.abs(y).max())
        except Exception as problem:  # noqa: BLE001: whatever it says is the result
            print(f"{name}: the reference of onnx {onnx.__version__}: {str(problem)[:200]}")
            off = 0
        if not off < 1e-5:
            print(f"{name}: ONNX Runtime {ort.__version__} and the reference of onnx {onnx.__version__} differ by {off:.2g}")
        if name in WRONG:
            y = other
        onnx.save(model, os.path.join(FOLDER, name + ".onnx"))
        tensors[name + "/input"], tensors[name + "/output"] = x, np.exp(y) if name == "log_softmax_end" else y


def main():
    global RNG
    os.makedirs(FOLDER, exist_ok=True)
    for old in os.listdir(FOLDER):
        os.remove(os.path.join(FOLDER, old))
    tensors = {}
    # Each round has numbers of its own: a graph that joins one leaves those of the others as they are.
    for seed, groups in ((11, (convolutions, pools, dense, shapes, values)), (12, (hard_functions,)), (13, (dilated_pools,)), (14, (lowest_pads,))):
        RNG = np.random.default_rng(seed)
        CASES.clear()
        for group in groups:
            group()
        write(tensors)
    write_safetensors(os.path.join(FOLDER, "graphs.safetensors"), tensors)
    print(f"{len(tensors) // 2} graphs; onnx {onnx.__version__}")


if __name__ == "__main__":
    main()
