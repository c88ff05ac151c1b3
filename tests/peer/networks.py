"""PyTorch networks from cnnlab's experiment files: the peer that golden files, speed and accuracy are compared with.

    network = Network(experiment, image=(3, 32, 32))   # experiment: a dict, as load_experiment() gives it
    network.export()                                   # {"conv2d_1.weight": array [O, H, W, I], ...}: our layouts

Images are NCHW and convolution weights OIHW, as PyTorch has them; only export() and load() speak NHWC and OHWI.
"""
import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

ROOT = Path(__file__).resolve().parents[2]
ACTIVATIONS = {
    "relu": lambda spec: nn.ReLU(),
    "relu6": lambda spec: nn.ReLU6(),
    "leaky_relu": lambda spec: nn.LeakyReLU(spec.get("negative_slope", 0.01)),
    "gelu": lambda spec: nn.GELU(),
    "silu": lambda spec: nn.SiLU(),
    "hard_swish": lambda spec: nn.Hardswish(),
    "sigmoid": lambda spec: nn.Sigmoid(),
    "hard_sigmoid": lambda spec: nn.Hardsigmoid(),
    "tanh": lambda spec: nn.Tanh(),
    "softmax": lambda spec: nn.Softmax(dim=1),
}


def load_experiment(name):
    """An experiment by its name in engine/experiments, by its path, or as JSON."""
    if name.startswith("{"):
        return json.loads(name)
    path = Path(name)
    if path.suffix != ".json":
        path = ROOT / "engine" / "experiments" / f"{name}.json"
    return json.loads(path.read_text())


def typed(value):
    """A bare word stands for a type with its defaults: "adam" is {"type": "adam"}."""
    return {"type": value} if isinstance(value, str) else value


def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def paddings(padding, size, kernel, stride, dilation):
    """(top, left, bottom, right) of what an experiment calls padding."""
    if padding == "valid":
        return (0, 0, 0, 0)
    if isinstance(padding, str):
        before, after = [], []
        for n, k, s, d in zip(size, kernel, stride, dilation):
            reach = d * (k - 1)
            total = reach if padding == "same" else max(0, (math.ceil(n / s) - 1) * s + reach + 1 - n)
            before.append(total // 2)
            after.append(total - total // 2)
        return (*before, *after)
    amounts = [padding] if isinstance(padding, int) else list(padding)
    return tuple(amounts * (4 // len(amounts)))


def pad_images(x, amounts, value=0.0):
    top, left, bottom, right = amounts
    return F.pad(x, (left, right, top, bottom), value=value) if any(amounts) else x


class Convolution(nn.Conv2d):
    """nn.Conv2d with padding that may differ on the four sides."""

    def __init__(self, *sizes, amounts, **options):
        top, left, bottom, right = amounts
        even = top == bottom and left == right
        super().__init__(*sizes, padding=(top, left) if even else 0, **options)
        self.amounts = (0, 0, 0, 0) if even else amounts

    def forward(self, x):
        return super().forward(pad_images(x, self.amounts))


class Pool(nn.Module):
    """Max or average pooling with padding that may differ on the four sides."""

    def __init__(self, kind, kernel, stride, dilation, amounts, count_include_pad):
        super().__init__()
        self.dilation = dilation
        self.kind, self.kernel, self.stride, self.count_include_pad = kind, kernel, stride, count_include_pad
        top, left, bottom, right = amounts
        even = top == bottom and left == right and 2 * top <= kernel[0] and 2 * left <= kernel[1]
        self.padding, self.amounts = ((top, left), (0, 0, 0, 0)) if even else ((0, 0), amounts)

    def forward(self, x):
        if self.kind == "max_pool2d":
            return F.max_pool2d(pad_images(x, self.amounts, -math.inf), self.kernel, self.stride, self.padding, self.dilation)
        if not any(self.amounts):
            return F.avg_pool2d(x, self.kernel, self.stride, self.padding, count_include_pad=self.count_include_pad)
        mean = F.avg_pool2d(pad_images(x, self.amounts), self.kernel, self.stride)
        if self.count_include_pad:
            return mean
        inside = pad_images(torch.ones_like(x[:1, :1]), self.amounts)
        return mean / F.avg_pool2d(inside, self.kernel, self.stride)


class Dense(nn.Linear):
    """nn.Linear that flattens what it is given. `map` is the (C, H, W) its inputs once were; `seen` whether cnnlab's
    dense layer sees that map through the flatten (then its weight has its shape) or a plain row of numbers."""

    def __init__(self, map_shape, seen, out_features, bias):
        super().__init__(math.prod(map_shape), out_features, bias)
        self.map_shape, self.seen = map_shape, seen

    def forward(self, x):
        return super().forward(x.flatten(1))


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Of maps or rows alike."""

    def _check_input_dim(self, x):
        pass


class Scale(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return self.factor * x


class Resize(nn.Module):
    def __init__(self, size, antialias):
        super().__init__()
        self.size, self.antialias = size, antialias

    def forward(self, x):
        return F.interpolate(x, self.size, mode="bilinear", align_corners=False, antialias=self.antialias)


class Joint(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def forward(self, *parts):
        return torch.cat(parts, dim=1) if self.kind == "concat" else sum(parts[1:], parts[0])


def start(tensor, spec, fan_in, fan_out):
    """Fills a tensor as an "init" says. The default, kaiming_uniform with a = sqrt 5, is
    PyTorch's own +-1 / sqrt(fan_in)."""
    kind, a, scale = spec.get("type", "kaiming_uniform"), spec.get("a", math.sqrt(5)), spec.get("scale", 0.1)
    gain = math.sqrt(2 / (1 + a * a))
    with torch.no_grad():
        if kind in ("zeros", "ones"):
            return tensor.fill_(kind == "ones")
        if kind in ("kaiming_normal", "xavier_normal", "normal"):
            return tensor.normal_(0, {"kaiming_normal": gain / math.sqrt(fan_in), "xavier_normal": math.sqrt(2 / (fan_in + fan_out)), "normal": scale}[kind])
        if kind == "whitening":
            raise NotImplementedError("init whitening: its filters come from images")
        bound = {"identity": 1 / math.sqrt(fan_in), "kaiming_uniform": gain * math.sqrt(3 / fan_in), "xavier_uniform": math.sqrt(6 / (fan_in + fan_out)), "uniform": scale}[kind]
        tensor.uniform_(-bound, bound)
        if kind == "identity":
            nn.init.dirac_(tensor[:tensor.shape[1]])
        return tensor


class Network(nn.Module):
    def __init__(self, experiment, image):
        super().__init__()
        self.blocks, self.plan, self.frozen = nn.ModuleDict(), [], []
        # of every value: its shape, the map that it is a flattened form of, and whether a dense layer sees that map
        known, counts, last = {"input": (tuple(image), tuple(image), True)}, {}, "input"
        for spec in experiment["model"]["layers"]:
            spec = typed(spec)
            kind = spec["type"]
            counts[kind] = counts.get(kind, 0) + 1
            name = spec.get("name", f"{kind}_{counts[kind]}")
            sources = spec.get("from", [last])
            sources = [sources] if isinstance(sources, str) else sources
            module, known[name] = self.layer(kind, spec, [known[source] for source in sources])
            self.blocks[name] = module
            self.plan.append((name, sources))
            if not spec.get("trainable", True):
                self.frozen.append(name)
                module.requires_grad_(False)
            last = name

    def layer(self, kind, spec, inputs):
        """A layer's module, and what is known of its output."""
        shape, map_shape, seen = inputs[0]
        channels, size = shape[0], shape[1:] if len(shape) == 3 else (1, 1)
        if kind in ACTIVATIONS or kind in ("dropout", "scale"):
            module = nn.Dropout(spec.get("p", 0.5)) if kind == "dropout" else Scale(spec.get("factor", 1)) if kind == "scale" else ACTIVATIONS[kind](spec)
            return module, (shape, map_shape, len(shape) == 3)
        if kind == "batch_norm":
            return BatchNorm(channels, spec.get("eps", 1e-5), spec.get("momentum", 0.1)), (shape, map_shape, len(shape) == 3)
        if kind == "flatten":
            return nn.Flatten(), ((math.prod(shape),), map_shape, seen)
        if kind == "resize":
            size = pair(spec["size"])
            return Resize(size, spec.get("antialias", False)), ((channels, *size), (channels, *size), True)
        if kind == "dense":
            module = Dense(map_shape, seen, spec["out_features"], spec.get("bias", True))
            self.start(module, spec, math.prod(shape), spec["out_features"])
            return module, self.row(spec["out_features"])
        if kind in ("global_avg_pool", "global_max_pool"):
            pool = nn.AdaptiveAvgPool2d(1) if kind == "global_avg_pool" else nn.AdaptiveMaxPool2d(1)
            return nn.Sequential(pool, nn.Flatten()), self.row(channels)
        if kind in ("add", "concat"):
            if kind == "concat":
                channels = sum(part[0][0] for part in inputs)
            shape = (channels, *shape[1:])
            if any(len(part[0]) == 1 and part[1] != (part[0][0], 1, 1) for part in inputs):
                raise NotImplementedError(f"{kind} of flattened maps: PyTorch's order of features is another")
            return Joint(kind), (shape, shape if len(shape) == 3 else (*shape, 1, 1), True)
        kernel = pair(spec.get("kernel", 3 if kind == "conv2d" else 2))
        stride = pair(spec.get("stride", 1 if kind == "conv2d" else 0))
        if kind != "conv2d":
            stride = tuple(s or k for s, k in zip(stride, kernel))
        dilation = pair(spec.get("dilation", 1))
        amounts = paddings(spec.get("padding", 0), size, kernel, stride, dilation)
        out = [(n + amounts[i] + amounts[i + 2] - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1 for i, n in enumerate(size)]
        if kind == "conv2d":
            filters, groups = spec["out_channels"] or channels, spec.get("groups", 1) or channels
            module = Convolution(channels, filters, kernel, stride, dilation=dilation, groups=groups, bias=spec.get("bias", True), amounts=amounts)
            self.start(module, spec, channels // groups * math.prod(kernel), filters // groups * math.prod(kernel))
            return module, ((filters, *out), (filters, *out), True)
        if kind not in ("max_pool2d", "avg_pool2d"):
            raise NotImplementedError(f"layer {kind}")
        return Pool(kind, kernel, stride, dilation, amounts, spec.get("count_include_pad", True)), ((channels, *out), (channels, *out), True)

    @staticmethod
    def row(features):
        return (features,), (features, 1, 1), True

    @staticmethod
    def start(module, spec, fan_in, fan_out):
        # without a word about it the layer keeps what PyTorch itself gives it
        if "init" in spec:
            init = typed(spec["init"])
            start(module.weight, init, fan_in, fan_out)
            if init.get("deviation", 0) > 0:
                module.weight.data.mul_(init["deviation"] / module.weight.data.std())
        if "bias_init" in spec and module.bias is not None:
            start(module.bias, typed(spec["bias_init"]), fan_in, fan_out)

    def train(self, mode=True):
        super().train(mode)
        for name in self.frozen:  # a frozen batch norm keeps its statistics
            self.blocks[name].eval()
        return self

    def forward(self, x):
        values = {"input": x}
        for name, sources in self.plan:
            x = values[name] = self.blocks[name](*[values[source] for source in sources])
        return x

    # ---- our names and layouts ----
    def tensors(self):
        """Parameters and running statistics by our names: ("conv2d_1.weight", PyTorch tensor, its layer)."""
        for name, module in self.blocks.items():
            for key, tensor in [*module.named_parameters(), *module.named_buffers()]:
                if key != "num_batches_tracked":
                    yield f"{name}.{key}", tensor, module

    @staticmethod
    def to_ours(tensor, module):
        if isinstance(module, Dense) and tensor.dim() == 2:
            tensor = tensor.reshape(-1, *module.map_shape).permute(0, 2, 3, 1)
            return tensor if module.seen else tensor.reshape(tensor.shape[0], 1, 1, -1)
        return tensor.permute(0, 2, 3, 1) if tensor.dim() == 4 else tensor

    def export(self):
        return {name: self.to_ours(tensor.detach(), module).contiguous().clone() for name, tensor, module in self.tensors()}

    def gradients(self):
        return {name: self.to_ours(tensor.grad, module).contiguous().clone() for name, tensor, module in self.tensors() if tensor.grad is not None}
