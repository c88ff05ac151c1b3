#!/usr/bin/env python3
"""keras_program.py FOLDER: runs each NAME.py of FOLDER, a program for Keras, with a stand-in for Keras that keeps what
it is told. Checks that the program is Python, that each layer has a name of its own, and that load() gives all arrays
of NAME.npz to layers; writes the arrays to NAME.bytes. Says nothing about what Keras itself would compute. Exit code 3:
NumPy is not here.
"""
import ast
import runpy
import sys
import types
from pathlib import Path

try:
    import numpy
except ImportError:
    print("NumPy is not here")
    sys.exit(3)


class Layer:
    def __init__(self, type_name, name=None):
        self.type, self.name, self.weights, self.inputs = type_name, name, [], []

    def __call__(self, inputs):
        self.inputs = inputs if isinstance(inputs, list) else [inputs]
        assert all(isinstance(one, Layer) for one in self.inputs), f"{self.name} reads something else than layers"
        return self

    def set_weights(self, weights):
        self.weights = weights


class Layers(types.ModuleType):
    def __getattr__(self, type_name):
        assert type_name[0].isupper(), type_name
        return lambda *places, name, **options: Layer(type_name, name)


class Model:
    def __init__(self, layers):
        self.layers = [one for one in layers if one.type != "Input"]
        names = [one.name for one in self.layers]
        assert len(set(names)) == len(names), f"two layers have one name: {names}"


def model_of(first, last):
    found = []

    def visit(layer):
        if layer not in found:
            for one in layer.inputs:
                visit(one)
            found.append(layer)

    visit(last)
    assert first in found, "the output does not depend on the input"
    return Model(found)


keras = types.ModuleType("keras")
keras.layers = sys.modules["keras.layers"] = Layers("keras.layers")
keras.Input = lambda shape, name=None: Layer("Input", name)
keras.Sequential = Model
keras.Model = model_of
sys.modules["keras"] = keras


def check(path):
    ast.parse(path.read_text())
    program = runpy.run_path(str(path), run_name="program")
    archive = path.with_suffix(".npz")
    model = program["load"](str(archive))
    with numpy.load(archive) as arrays:
        wanted = {name: arrays[name] for name in arrays.files}
    assert all(array.dtype == numpy.dtype("<f4") for array in wanted.values())
    given = [array for layer in model.layers for array in layer.weights]
    assert len(given) == len(wanted), f"{len(given)} of {len(wanted)} arrays have a layer"
    path.with_suffix(".bytes").write_bytes(b"".join(array.tobytes() for array in wanted.values()))


for file in sorted(Path(sys.argv[1]).glob("*.py")):
    try:
        check(file)
    except Exception as problem:  # noqa: BLE001: whatever the program says is the result
        print(f"{file.name}: {problem!r}")
        sys.exit(1)
