#!/usr/bin/env python3
"""Runs what `cnnlab export` wrote in the programs that it is for: check_exports.py FOLDER

For each NAME.safetensors of FOLDER ("input" and "pixels" [N, C, H, W], "logits" [N, K]): NAME.onnx and NAME.fold.onnx
take the input, NAME.opset18.onnx where the program knows that opset, NAME.pixels.onnx the pixels, and NAME.py with
NAME.pth builds the network in PyTorch. Uses onnx, ONNX Runtime, OpenCV and PyTorch, whichever are installed. Prints
the largest error of each program and a line for each file that is off by more than 1e-4 of its largest logit, then
exits with 1.
"""
import importlib.util
import json
import os
import struct
import sys
import warnings

import numpy

warnings.simplefilter("ignore")


def optional(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


onnx, ort, cv2, torch = (optional(name) for name in ("onnx", "onnxruntime", "cv2", "torch"))


def read_safetensors(path):
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    header.pop("__metadata__", None)
    return {
        name: numpy.frombuffer(data[slice(*info["data_offsets"])], "<f4").reshape(info["shape"]).copy()
        for name, info in header.items()
    }


def run_onnxruntime(path, values):
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return session.run(None, {"input": values})[0]


def run_opencv(path, values):
    network = cv2.dnn.readNetFromONNX(path)
    network.setInput(values)
    return network.forward()


def run_torch(path, values):
    spec = importlib.util.spec_from_file_location("network", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with torch.no_grad():
        return module.load(path[:-3] + ".pth")(torch.from_numpy(values)).numpy()


def check_onnx(path, _values):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    for output in inferred.graph.output:
        shape = output.type.tensor_type.shape.dim
        assert len(shape) == 2 and shape[0].dim_param == "batch" and shape[1].dim_value > 0, f"output {output}"


def knows_opset_18(program):
    """OpenCV takes any opset, and leaves out what it does not know."""
    return program == "onnxruntime" or (program == "onnx" and onnx.defs.onnx_opset_version() >= 18)


RUNNERS = [("onnx", onnx, check_onnx, ".onnx"), ("onnxruntime", ort, run_onnxruntime, ".onnx"),
           ("opencv", cv2, run_opencv, ".onnx"), ("torch", torch, run_torch, ".py")]


def main(folder):
    os.chdir(folder)
    worst, runs, wrong = {}, {}, []
    for file in sorted(os.listdir(".")):
        if not file.endswith(".safetensors"):
            continue
        name = file[: -len(".safetensors")]
        tensors = read_safetensors(file)
        scale = max(1.0, float(numpy.abs(tensors["logits"]).max()))
        for program, module, runner, ending in RUNNERS:
            kinds = ["", ".fold", ".pixels"] if ending == ".onnx" else [""]
            kinds += [".opset18"] if module and knows_opset_18(program) else []
            for kind in kinds if module else []:
                path = name + kind + ending
                if not os.path.exists(path):
                    continue
                try:
                    found = runner(path, tensors["pixels" if kind == ".pixels" else "input"])
                    error = 0.0 if found is None else float(numpy.abs(found - tensors["logits"]).max()) / scale
                except Exception as problem:  # noqa: BLE001: whatever the program says is the result
                    wrong.append(f"{program} {path}: {str(problem).strip()[:300]}")
                    continue
                runs[program] = runs.get(program, 0) + 1
                worst[program] = max(worst.get(program, 0.0), error)
                if not error <= 1e-4:
                    wrong.append(f"{program} {path}: off by {error:.2g}")
    for program, count in runs.items():
        print(f"{program} {getattr(sys.modules[program if program != 'opencv' else 'cv2'], '__version__', '')}: "
              f"{count} files, largest error {worst[program]:.1e}")
    print("\n".join(wrong))
    return 1 if wrong or not runs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
