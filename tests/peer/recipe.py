"""The rest of an experiment in PyTorch: loss, optimizer with groups and clipping, schedule,
moving average of the weights."""
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


def gradient_factor(experiment, count):
    """What a batch's mean loss is multiplied by before the backward pass: its images, where the
    gradient is that of the sum."""
    return count if typed(experiment.get("loss", "cross_entropy")).get("reduction", "mean") == "sum" else 1


def right_answers(experiment, logits, labels):
    """How many images have their class as the answer."""
    if logits.shape[1] > 1:
        return int((logits.argmax(1) == labels).sum())
    threshold = 0.5 if typed(experiment.get("loss", "cross_entropy"))["type"] == "mean_squared_error" else 0.0
    return int(((logits[:, 0] > threshold) == (labels == 1)).sum())


class Muon(torch.optim.Optimizer):
    """Muon as engine/ops/update.hpp defines it, for weights whose first axis is the output's.
    `progress` is set before each step."""

    def __init__(self, parameters, spec):
        super().__init__(parameters, {"lr": 0.0})
        self.spec, self.steps, self.progress = spec, 0, 0.0

    @torch.no_grad()
    def step(self):
        spec = self.spec
        momentum, every = spec.get("momentum", 0.95), spec.get("norm_every", 0)
        if every:
            every += int(spec.get("norm_slowing", 0) * self.progress)
        for group in self.param_groups:
            for p in group["params"]:
                v = self.state[p].setdefault("velocity", torch.zeros_like(p))
                v.mul_(momentum).add_(p.grad)
                u = p.grad + momentum * v if spec.get("nesterov", True) else v
                if every and self.steps % every == 0:
                    p.mul_(len(p) ** 0.5 / p.norm())
                p.mul_(1 - group["lr"] * group["weight_decay"])
                p.sub_(self.orthogonal(u.reshape(len(p), -1)).reshape(p.shape), alpha=group["lr"])
        self.steps += 1

    def orthogonal(self, u):
        a, b, c = (self.spec.get(*pair) for pair in (("a", 3.4445), ("b", -4.7750), ("c", 2.0315)))
        x = u.T if len(u) > u.shape[1] else u
        x = x / (x.norm() + 1e-7)
        for _ in range(self.spec.get("newton_steps", 5)):
            gram = x @ x.T
            x = a * x + (b * gram + c * gram @ gram) @ x
        return x.T if len(u) > u.shape[1] else x


RATES = {"sgd": 0.01, "rmsprop": 0.01, "muon": 0.02}  # learning rates of specs that name none


def torch_optimizer(spec, members):
    """PyTorch's optimizer of the type that an experiment names, its rate and decay being those of the members."""
    kind = spec["type"]
    if kind == "sgd":
        return torch.optim.SGD(members, 0.0, momentum=spec.get("momentum", 0), nesterov=spec.get("nesterov", False))
    if kind == "rmsprop":
        return torch.optim.RMSprop(members, 0.0, alpha=spec.get("alpha", 0.99), eps=spec.get("eps", 1e-8), momentum=spec.get("momentum", 0))
    if kind == "muon":
        return Muon(members, spec)
    make = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[kind]
    return make(members, 0.0, betas=(spec.get("beta1", 0.9), spec.get("beta2", 0.999)), eps=spec.get("eps", 1e-8))


class Optimizer:
    """PyTorch's optimizer of an experiment, with what surrounds it: step(number, total) clips,
    updates, averages and looks ahead."""

    def __init__(self, experiment, network):
        self.experiment = experiment
        spec = typed(experiment.get("optimizer", "adam"))
        self.lr = spec.get("lr", RATES.get(spec["type"], 1e-3))
        self.clip_norm, self.clip_value = spec.get("clip_norm", 0), spec.get("clip_value", 0)
        self.decay, self.lookahead, self.norm = spec.get("average_decay", 0), spec.get("lookahead", {}), 0.0
        self.named, members = [], {False: [], True: []}
        other = typed(spec.get("other", "adam"))
        for name, parameter, _ in network.tensors():
            if not parameter.requires_grad:
                continue
            # the first group that matches counts
            group = next((g for g in spec.get("groups", []) if fnmatch.fnmatchcase(name, g["match"])), {})
            if not group.get("trainable", True):
                continue
            matrix = parameter.dim() >= 2 and len(parameter) > 1 and parameter.numel() > len(parameter)
            is_other = spec["type"] == "muon" and (group.get("other", False) or not matrix)
            own = other if is_other else spec
            decay = group.get("weight_decay", -1)
            lr = group["lr"] if group.get("lr", -1) >= 0 else own.get("lr", RATES.get(own["type"], 1e-3)) * group.get("lr_scale", 1.0)
            members[is_other].append({"params": [parameter], "rate": lr, "until": group.get("until", 1.0), "weight_decay": decay if decay >= 0 else
                                      own.get("weight_decay", 0.01 if own["type"] == "adamw" else 0.0)})
            self.named.append((name, parameter))
        self.parameters = [parameter for _, parameter in self.named]
        self.averages = {name: parameter.detach().clone() for name, parameter in self.named} if self.decay else {}
        self.slow = {name: parameter.detach().clone() for name, parameter in self.named} if self.lookahead.get("every") else {}
        self.inner = [torch_optimizer(own, list_) for own, list_ in ((spec, members[False]), (other, members[True])) if list_]

    def zero_grad(self):
        for inner in self.inner:
            inner.zero_grad(set_to_none=True)

    def step(self, step, total, factor=None):
        """Update number `step` (from 0) of `total`; `factor` on the learning rate, if the schedule's is not meant."""
        if self.clip_norm:
            self.norm = float(torch.nn.utils.clip_grad_norm_(self.parameters, self.clip_norm))
        if self.clip_value:
            torch.nn.utils.clip_grad_value_(self.parameters, self.clip_value)
        for inner in self.inner:
            inner.progress = step / total
            for group in inner.param_groups:
                end = round(group["until"] * total)
                now = schedule_factor(self.experiment, step, end) if step < end else 0.0
                group["lr"] = group["rate"] * (factor if factor is not None and end == total else now)
            inner.step()
        t = step + 1
        if self.slow and (t % self.lookahead["every"] == 0 or t == total):
            self.pull(1.0 if t == total else self.share(t / total))
        d = min(self.decay, (1 + t) / (10 + t))
        for name, parameter in self.named if self.decay else []:
            self.averages[name].mul_(d).add_(parameter.detach(), alpha=1 - d)

    def share(self, progress):
        start = self.lookahead.get("start", 0)
        grown = ((progress - start) / (1 - start)) ** self.lookahead.get("power", 0) if progress > start else 0.0
        return self.lookahead.get("decay", 0.95) * grown

    @torch.no_grad()
    def pull(self, share):
        for name, parameter in self.named:
            parameter.copy_(self.slow[name].mul_(share).add_(parameter, alpha=1 - share))


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
