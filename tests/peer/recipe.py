"""The rest of an experiment in PyTorch: loss, optimizer with groups and clipping, schedule, moving average of the weights."""
import fnmatch
import math

import torch
import torch.nn.functional as F

from networks import typed


def make_loss(experiment):
    """loss(logits, labels): the batch's mean."""
    spec = typed(experiment.get("loss", "cross_entropy"))
    kind = spec["type"]
    if kind == "cross_entropy":
        return lambda logits, labels: F.cross_entropy(logits, labels, label_smoothing=spec.get("label_smoothing", 0.0))
    measure = {"binary_cross_entropy": F.binary_cross_entropy_with_logits, "mean_squared_error": F.mse_loss}[kind]

    def loss(logits, labels):
        targets = labels[:, None] if logits.shape[1] == 1 else F.one_hot(labels, logits.shape[1])
        return measure(logits, targets.to(logits.dtype))

    return loss


def right_answers(experiment, logits, labels):
    """How many images have their class as the answer."""
    if logits.shape[1] > 1:
        return int((logits.argmax(1) == labels).sum())
    threshold = 0.5 if typed(experiment.get("loss", "cross_entropy"))["type"] == "mean_squared_error" else 0.0
    return int(((logits[:, 0] > threshold) == (labels == 1)).sum())


class Optimizer:
    """PyTorch's optimizer of an experiment, with what surrounds it: step(lr) clips, updates and averages."""

    def __init__(self, experiment, network):
        spec = typed(experiment.get("optimizer", "adam"))
        kind = spec["type"]
        self.lr = spec.get("lr", {"sgd": 0.01, "rmsprop": 0.01}.get(kind, 1e-3))
        self.clip_norm, self.clip_value = spec.get("clip_norm", 0), spec.get("clip_value", 0)
        self.decay, self.steps, self.norm = spec.get("average_decay", 0), 0, 0.0
        decay = spec.get("weight_decay", 0.01 if kind == "adamw" else 0.0)
        groups = {}
        for name, parameter, _ in network.tensors():
            if not parameter.requires_grad:
                continue
            # the first group that matches counts
            group = next((g for g in spec.get("groups", []) if fnmatch.fnmatchcase(name, g["match"])), {})
            if not group.get("trainable", True):
                continue
            own = group.get("weight_decay", -1)
            key = (group.get("lr_scale", 1.0), own if own >= 0 else decay)
            groups.setdefault(key, []).append((name, parameter))
        self.named = [named for members in groups.values() for named in members]
        self.parameters = [parameter for _, parameter in self.named]
        self.averages = {name: parameter.detach().clone() for name, parameter in self.named} if self.decay else {}
        members = [{"params": [p for _, p in named], "lr_scale": scale, "weight_decay": wd} for (scale, wd), named in groups.items()]
        if kind == "sgd":
            self.inner = torch.optim.SGD(members, self.lr, momentum=spec.get("momentum", 0), nesterov=spec.get("nesterov", False))
        elif kind == "rmsprop":
            self.inner = torch.optim.RMSprop(members, self.lr, alpha=spec.get("alpha", 0.99), eps=spec.get("eps", 1e-8), momentum=spec.get("momentum", 0))
        else:
            make = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind]
            self.inner = make(members, self.lr, betas=(spec.get("beta1", 0.9), spec.get("beta2", 0.999)), eps=spec.get("eps", 1e-8))

    def zero_grad(self):
        self.inner.zero_grad(set_to_none=True)

    def step(self, factor):
        """One update with the learning rate times `factor`."""
        if self.clip_norm:
            self.norm = float(torch.nn.utils.clip_grad_norm_(self.parameters, self.clip_norm))
        if self.clip_value:
            torch.nn.utils.clip_grad_value_(self.parameters, self.clip_value)
        for group in self.inner.param_groups:
            group["lr"] = self.lr * factor * group["lr_scale"]
        self.inner.step()
        self.steps += 1
        d = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for name, parameter in self.named if self.decay else []:
            self.averages[name].mul_(d).add_(parameter.detach(), alpha=1 - d)


def schedule_factor(experiment, step, total):
    """The factor on the learning rate at `step` of `total`, as engine/optim/schedule.hpp defines it."""
    spec = typed(experiment.get("schedule", "constant"))
    kind, p, floor = spec["type"], step / total, spec.get("floor", 0.0)
    blend = lambda start, end, q: end + (start - end) * 0.5 * (1 + math.cos(math.pi * q))
    if kind == "constant":
        factor = 1.0
    elif kind == "step":
        factor = spec.get("gamma", 0.1) ** (step * (spec.get("drops", 2) + 1) // total)
    elif kind == "cosine":
        factor = blend(1, floor, p)
    elif kind == "linear":
        factor = 1 - (1 - floor) * p
    elif kind == "one_cycle":
        rise, start = spec.get("rise", 0.3), 1 / spec.get("div", 25)
        factor = blend(start, 1, p / rise) if p < rise else blend(1, start / spec.get("final_div", 1e4), (p - rise) / (1 - rise))
    else:
        raise NotImplementedError(f"schedule {kind}")
    ramp = math.floor(spec.get("warmup", 0) * total)
    return factor * ((step + 1) / ramp if step < ramp else 1)
