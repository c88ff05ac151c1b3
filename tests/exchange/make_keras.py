#!/usr/bin/env python3
"""Writes layers/keras2.h5 and layers/keras3.keras: the model of layers/teachable_end, as Keras 2's and Keras 3's files
lay it out. Keras itself did not write them. Needs h5py (Debian: python3-h5py) and NumPy.
"""
import io
import json
import re
import zipfile
from pathlib import Path

import h5py
import numpy

FOLDER = Path(__file__).parent / "layers"
MODELS = ("Sequential", "Functional", "Model")


def read_weights(folder):
    manifest = json.loads((folder / "model.json").read_text())["weightsManifest"][0]
    data = b"".join((folder / path).read_bytes() for path in manifest["paths"])
    at, weights = 0, {}
    for weight in manifest["weights"]:
        count = int(numpy.prod(weight["shape"]))
        weights[weight["name"]] = numpy.frombuffer(data, "<f4", count, at).reshape(weight["shape"])
        at += 4 * count
    return weights


def layers_of(model):
    config = model["config"]
    return config if isinstance(config, list) else config["layers"]


def names_of(layer):
    """Names of the layers in it that have weights."""
    return [name for one in layers_of(layer) for name in names_of(one)] if layer["class_name"] in MODELS else [
        layer["config"]["name"]]


def keras2(model, weights):
    with h5py.File(FOLDER / "keras2.h5", "w") as file:
        file.attrs["keras_version"] = b"2.15.0"
        file.attrs["model_config"] = json.dumps(model).encode()
        group = file.create_group("model_weights")
        for layer in layers_of(model):
            one = group.create_group(layer["config"]["name"])
            for name in names_of(layer):
                for weight, values in weights.items():
                    if weight.startswith(name + "/"):
                        one.create_dataset(weight + ":0", data=values)
        file.create_group("optimizer_weights").create_dataset("Adam/dense_Dense1/kernel:0", data=numpy.zeros(3))


def snake_case(name):
    return re.sub("([a-z])([A-Z])", r"\1_\2", re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


def keras3_layer(layer):
    """The same in the words of Keras 3."""
    config = dict(layer["config"])
    made = {"module": "keras.layers", "class_name": layer["class_name"], "config": config, "registered_name": None}
    if made["class_name"] == "Model":
        made["class_name"] = "Functional"
    if "batch_input_shape" in config:
        shape = config.pop("batch_input_shape")
        if layer["class_name"] == "InputLayer":
            config["batch_shape"] = shape
    if layer["class_name"] in MODELS:
        config["layers"] = [keras3_layer(one) for one in layers_of(layer)]
        for key in ("input_layers", "output_layers"):
            if key in config:
                config[key] = config[key][0]
    if "inbound_nodes" in layer:
        made["name"] = layer["name"]
        tensors = [[{"class_name": "__keras_tensor__", "config": {"keras_history": one[:3]}} for one in node]
                   for node in layer["inbound_nodes"]]
        made["inbound_nodes"] = [{"args": one if len(one) == 1 else [one], "kwargs": {}} for one in tensors]
    return made


def keras3(model, weights):
    data = io.BytesIO()

    def put(group, layers):
        counts = {}
        for layer in layers:
            name = snake_case(layer["class_name"])
            number = counts[name] = counts.get(name, -1) + 1
            one = group.create_group(name + (f"_{number}" if number else ""))
            if layer["class_name"] in MODELS:
                put(one.create_group("layers"), layer["config"]["layers"])
                continue
            own = [values for key, values in weights.items() if key.startswith(layer["config"]["name"] + "/")]
            numbers = one.create_group("vars")
            for i, values in enumerate(own):
                numbers.create_dataset(str(i), data=values)

    with h5py.File(data, "w") as file:
        put(file.create_group("layers"), model["config"]["layers"])
    with zipfile.ZipFile(FOLDER / "keras3.keras", "w") as archive:
        archive.writestr(zipfile.ZipInfo("metadata.json"), json.dumps({"keras_version": "3.0.0"}))
        archive.writestr(zipfile.ZipInfo("config.json"), json.dumps(model))
        archive.writestr(zipfile.ZipInfo("model.weights.h5"), data.getvalue())


if __name__ == "__main__":
    folder = FOLDER / "teachable_end"
    topology = json.loads((folder / "model.json").read_text())["modelTopology"]
    tensors = read_weights(folder)
    # The order of Keras' own lists, which TensorFlow.js writes otherwise: what learns comes first.
    order = ["kernel", "depthwise_kernel", "bias", "gamma", "beta", "moving_mean", "moving_variance"]
    tensors = dict(sorted(tensors.items(), key=lambda item: order.index(item[0].rsplit("/", 1)[1])))
    keras2(topology, tensors)
    keras3(keras3_layer(topology), tensors)
