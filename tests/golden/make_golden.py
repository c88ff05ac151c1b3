#!/usr/bin/env python3
"""Makes the golden files: what PyTorch gives for the small experiments of cases.py.

    make_golden.py [NAME...]        writes tests/golden/data/NAME.safetensors; needs PyTorch 1.13 or later and NumPy

A file holds the experiment (metadata "experiment"), images as uint8 NHWC and labels of a train and a test split, and
for the steps taken in order, without shuffling: "initial/NAME" of every tensor; of the first step "logits" and
"gradient/NAME" (before clipping); of every step "losses", "accuracies", "learning_rates" and "norms" (of the gradients,
where the experiment clips by norm); "after2/NAME" after two steps, and so on; at the end "test_logits", "test_loss" and
"test_accuracy" in evaluation mode, with averaged weights where there are any.

PyTorch computes in float64 and the results are rounded to float32: they are the true values to float32's last digit.
Every case also runs in float32, and in float64 with each parameter off by a float32 rounding; both must stay within
LIMIT of each tensor's largest magnitude: golden_test.cpp's tolerance rests on that. Random numbers that blow rounding
up (a kink, a sum that cancels) are passed over for the next ones.
"""
import json
import math
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import torch

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "peer"))
from cases import CASES  # noqa: E402
from networks import Network, typed  # noqa: E402
from recipe import Optimizer, gradient_factor, make_loss, right_answers, schedule_factor  # noqa: E402

LIMIT = 2e-6
SMALL = 1e-2  # tensors smaller than this are measured against it
TEST_IMAGES = 5


def write_safetensors(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, array in tensors.items():
        array = np.ascontiguousarray(array)
        array = array if array.dtype == np.uint8 else array.astype("<f4")
        header[name] = {"dtype": "U8" if array.dtype == np.uint8 else "F32", "shape": list(array.shape), "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def torch_factors(experiment, total):
    """Factors on the learning rate, from PyTorch's schedulers on a rate of 1."""

    def walk(make):
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
        scheduler, rates = make(optimizer), []
        for _ in range(total):
            rates.append(optimizer.param_groups[0]["lr"])
            optimizer.step()
            scheduler.step()
        return rates, scheduler

    from torch.optim import lr_scheduler as schedulers
    spec = typed(experiment.get("schedule", "constant"))
    kind, floor = spec["type"], spec.get("floor", 0.0)
    if kind == "constant":
        factors = [1.0] * total
    elif kind == "step":
        drops = spec.get("drops", 2)
        assert total % (drops + 1) == 0  # PyTorch's stretches are whole numbers of steps
        factors, _ = walk(lambda o: schedulers.StepLR(o, total // (drops + 1), spec.get("gamma", 0.1)))
    elif kind == "cosine":
        factors, _ = walk(lambda o: schedulers.CosineAnnealingLR(o, total, eta_min=floor))
    elif kind == "linear":
        factors, _ = walk(lambda o: schedulers.LinearLR(o, 1.0, floor, total))
    elif kind == "one_cycle":
        # Not PyTorch's own list: its OneCycleLR peaks at step rise * total - 1 and ends at total - 1, whereas cnnlab's
        # progress is step / total for every schedule, so it peaks at rise * total and would end at total. The curve
        # between is PyTorch's function.
        rise, div, final = spec.get("rise", 0.3), spec.get("div", 25), spec.get("final_div", 1e4)
        _, scheduler = walk(lambda o: schedulers.OneCycleLR(o, 1.0, total + 1, pct_start=rise, div_factor=div, final_div_factor=final, cycle_momentum=False))
        curve, p = scheduler._annealing_cos, [step / total for step in range(total)]
        factors = [curve(1 / div, 1, q / rise) if q < rise else curve(1, 1 / div / final, (q - rise) / (1 - rise)) for q in p]
    ramp = math.floor(spec.get("warmup", 0) * total)
    if ramp > 1:
        warm, _ = walk(lambda o: schedulers.LinearLR(o, 1 / ramp, 1.0, ramp - 1))
        factors = [a * b for a, b in zip(factors, warm)]
    np.testing.assert_allclose(factors, [schedule_factor(experiment, step, total) for step in range(total)], rtol=1e-9)
    return factors


def starting_values(network, random, gain):
    """The same on every version of PyTorch, and nothing at a special value: no zero bias, no weight of 1."""
    values = {}
    for name, tensor, _ in network.tensors():
        shape, kind = tuple(tensor.shape), name.rsplit(".", 1)[1]
        if len(shape) > 1:
            bound = gain / math.sqrt(math.prod(shape[1:]))
            values[name] = random.uniform(-bound, bound, shape)
        elif kind in ("weight", "running_var"):
            values[name] = random.uniform(0.5, 1.5, shape)
        else:
            values[name] = random.uniform(-0.4, 0.4, shape)
    return {name: value.astype(np.float32) for name, value in values.items()}


def make_images(case, random):
    channels, height, width = case["image"]
    batch, steps = case["experiment"]["train"]["batch"], case["steps"]
    counts = {"train": max(1, steps * batch - 1), "test": TEST_IMAGES}  # the last batch lacks an image
    files = {}
    for split, count in counts.items():
        files[f"{split}/images"] = random.randint(0, 256, (count, height, width, channels)).astype(np.uint8)
        files[f"{split}/labels"] = random.randint(0, case["classes"], count).astype(np.uint8)
    return files


def run(case, data, seed, dtype, noise=0.0):
    """What PyTorch gives, as float arrays; `noise` is how far off each parameter is, as a share of it."""
    torch.set_default_dtype(dtype)
    experiment = case["experiment"]
    network = Network(experiment, case["image"])
    start = starting_values(network, np.random.RandomState(seed), case["gain"])
    random = np.random.RandomState(1)
    with torch.no_grad():
        for name, tensor, _ in network.tensors():
            tensor.copy_(torch.from_numpy(start[name] * (1 + noise * random.choice([-1.0, 1.0], start[name].shape))))
    mean, std = (torch.tensor(experiment["dataset"][key]).view(1, -1, 1, 1) for key in ("mean", "std"))

    def split(name):
        images = torch.from_numpy(data[f"{name}/images"]).permute(0, 3, 1, 2)
        return (images.to(dtype) / 255 - mean) / std, torch.from_numpy(data[f"{name}/labels"].astype(np.int64))

    loss_of, optimizer = make_loss(experiment), Optimizer(experiment, network)
    found = {f"initial/{name}": value for name, value in network.export().items()}
    x, y = split("train")
    total = case["steps"] * experiment["train"]["epochs"]
    factors, series = torch_factors(experiment, total), {"losses": [], "accuracies": [], "learning_rates": [], "norms": []}
    batches = list(zip(x.split(experiment["train"]["batch"]), y.split(experiment["train"]["batch"])))
    network.train()
    for step in range(total):
        inputs, labels = batches[step % len(batches)]
        optimizer.zero_grad()
        logits = network(inputs)
        loss = loss_of(logits, labels)
        (loss * gradient_factor(experiment, len(labels))).backward()
        if step == 0:
            found["logits"] = logits.detach()
            found |= {f"gradient/{name}": value for name, value in network.gradients().items()}
        optimizer.step(step, total, factors[step])
        for key, value in zip(series, (float(loss), right_answers(experiment, logits, labels) / len(labels), optimizer.lr * factors[step], optimizer.norm)):
            series[key].append(value)
        if step + 1 in case["keep"]:
            found |= {f"after{step + 1}/{name}": value for name, value in network.export().items()}
            layouts = {name: module for name, _, module in network.tensors()}
            for kind, values in (("average", optimizer.averages), ("slow", optimizer.slow)):
                found |= {f"after{step + 1}/{name}.{kind}": Network.to_ours(value, layouts[name]).clone() for name, value in values.items()}
    found |= {key: torch.tensor(values, dtype=torch.float64) for key, values in series.items() if values and (key != "norms" or optimizer.clip_norm)}
    with torch.no_grad():
        for name, parameter in optimizer.named if optimizer.averages else []:
            parameter.copy_(optimizer.averages[name])
        network.eval()
        x, y = split("test")
        found["test_logits"] = network(x)
        found["test_loss"] = loss_of(found["test_logits"], y).reshape(1)
        found["test_accuracy"] = torch.tensor([right_answers(experiment, found["test_logits"], y) / len(y)])
    return {name: value.numpy() for name, value in found.items()}


def main():
    (HERE / "data").mkdir(exist_ok=True)
    torch.set_num_threads(1)
    worst = size = 0
    for case in CASES:
        name = case["experiment"]["name"]
        if len(sys.argv) > 1 and name not in sys.argv[1:]:
            continue
        for attempt in range(10):
            seed = zlib.crc32(f"{name} {attempt}".encode())  # by name: a new case leaves the others as they are
            data = make_images(case, np.random.RandomState(seed))
            true = run(case, data, seed, torch.float64)
            others = {"float32": run(case, data, seed, torch.float32), "noise": run(case, data, seed, torch.float64, noise=6e-8)}
            distance, how, key = max((np.abs(true[key] - other[key]).max() / max(np.abs(true[key]).max(), SMALL), how, key)
                                     for how, other in others.items() for key in true)
            print(f"{name}: within {distance:.1e} ({how}, {key})")
            if distance <= LIMIT:
                break
        else:
            sys.exit(f"{name}: {key} blows rounding up with ten different seeds; change the case")
        path = HERE / "data" / f"{name}.safetensors"
        write_safetensors(path, {**data, **true}, {"experiment": json.dumps(case["experiment"]), "classes": str(case["classes"])})
        worst, size = max(worst, distance), size + path.stat().st_size
    print(f"{len(CASES)} cases, {size / 1e6:.2f} MB, PyTorch {torch.__version__}; rounding moves them by up to {worst:.1e}")


if __name__ == "__main__":
    main()
