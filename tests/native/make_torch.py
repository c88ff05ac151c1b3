#!/usr/bin/env python3
"""State dicts in the forms in which PyTorch writes them: tests/peer/run.sh ../native/make_torch.py

Writes tests/native/torch/NAME.pth: one small network's weights as they are, in the layouts, types and wrappings that
people's programs save, and three files that are no state dicts.
"""
import os

import torch
from torch import nn

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "torch")


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.norm, self.fc = nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Linear(4, 3)

    def forward(self, x):
        return self.fc(self.norm(self.conv1(x)).mean((2, 3)))


def main():
    torch.manual_seed(9)
    net = Net().eval()
    with torch.no_grad():
        for values in net.state_dict().values():
            if values.is_floating_point():  # few digits, which every type has
                values.copy_((torch.rand(values.shape) * 16).round() / 16 + 0.125)
    state = net.state_dict()

    def save(name, what, **options):
        torch.save(what, os.path.join(FOLDER, name + ".pth"), **options)

    save("plain", state)
    save("parallel", {"module." + name: values for name, values in state.items()})
    save("compiled", {"_orig_mod.module." + name: values for name, values in state.items()})
    save("half", {name: values.half() if values.is_floating_point() else values for name, values in state.items()})
    save("bfloat16", {name: values.bfloat16() if values.is_floating_point() else values for name, values in state.items()})
    save("double", {name: values.double() if values.is_floating_point() else values for name, values in state.items()})
    save("channels_last", net.to(memory_format=torch.channels_last).state_dict())
    save("protocol_4", state, pickle_protocol=4)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    net(torch.rand(2, 3, 8, 8)).sum().backward()
    optimizer.step()
    save("checkpoint", {"epoch": 3, "loss": 0.5, "state_dict": state, "optimizer": optimizer.state_dict()})
    net.load_state_dict(torch.load(os.path.join(FOLDER, "plain.pth")))
    one = torch.cat([values.flatten() for values in net.state_dict().values() if values.is_floating_point()])
    shared, at = {}, 0
    for name, values in net.state_dict().items():
        if values.is_floating_point():
            shared[name] = one[at : at + values.numel()].view(values.shape)
            at += values.numel()
    save("shared", shared)
    save("parameters", dict(net.named_parameters()) | dict(net.named_buffers()))
    save("module", nn.Sequential(net.conv1, net.norm))
    save("old", state, _use_new_zipfile_serialization=False)
    torch.jit.save(torch.jit.script(net), os.path.join(FOLDER, "script.pth"))


if __name__ == "__main__":
    main()
