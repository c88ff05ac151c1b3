"""The images: reading the real data sets, normalisation by a data set's card, and
augmentation of whole batches at once."""
import gzip
import json
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from networks import ROOT


def load_card(experiment):
    """A data set's card, with the experiment's own mean and std where it gives them."""
    spec = experiment["dataset"]
    spec = {"name": spec} if isinstance(spec, str) else spec
    card = json.loads((ROOT / "datasets" / spec["name"] / "card.json").read_text())
    channels = card["image"]["channels"]
    for ours, key in (("mean", "mean"), ("std", "stddev")):
        if spec.get(ours):
            card[key] = list(spec[ours]) * (channels if len(spec[ours]) == 1 else 1)
    if "image" in experiment:  # `cnnlab bench` gives networks for other images
        card["image"] = dict(zip(("channels", "height", "width"), experiment["image"]))
        card["classes"] = list(range(experiment["classes"]))
    return card


def image_shape(card):
    return tuple(card["image"][key] for key in ("channels", "height", "width"))


def read_cifar10(folder):
    def read(names):
        data = np.concatenate([np.fromfile(folder / name, np.uint8).reshape(-1, 3073) for name in names])
        return data[:, 1:].reshape(-1, 3, 32, 32), data[:, 0]

    return read([f"data_batch_{i}.bin" for i in range(1, 6)]), read(["test_batch.bin"])


def read_idx(folder):
    def read(name):
        path = folder / f"{name}.gz"
        data = gzip.open(path).read() if path.exists() else (folder / name).read_bytes()
        shape = np.frombuffer(data, ">i4", data[3], 4)
        return np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape)

    return tuple((read(f"{part}-images-idx3-ubyte")[:, None], read(f"{part}-labels-idx1-ubyte")) for part in ("train", "t10k"))


def load_images(card, folder):
    """((train images, labels), (test images, labels)): uint8 NCHW and int64, as torch tensors."""
    splits = {"cifar10-binary": read_cifar10, "idx": read_idx}[card["format"]](Path(folder))
    return tuple((torch.from_numpy(images.copy()), torch.from_numpy(labels.astype(np.int64))) for images, labels in splits)


def normalise(images, card):
    """uint8 -> (pixel / 255 - mean) / std, per channel."""
    mean, std = (torch.tensor(card[key]).view(1, -1, 1, 1) for key in ("mean", "stddev"))
    return (images.to(torch.float32) / 255 - mean) / std


class Augment:
    """Random flip, rotation, translation and crop of a batch of uint8 images; what lies outside an
    image is black, or mirrored."""

    def __init__(self, experiment, generator):
        spec = dict(experiment.get("augment", {}))
        self.flip, self.crop = spec.pop("horizontal_flip", False), spec.pop("crop", 0)
        self.reflect = spec.pop("padding", "zero") == "reflect"
        self.rotation, self.translation = spec.pop("rotation", 0), spec.pop("translation", 0)
        self.generator = generator
        if any(spec.values()) or (self.reflect and (self.rotation or self.translation)):
            raise NotImplementedError(f"augmentation {', '.join(spec) or 'of mirrored and turned images'}")

    def symmetric(self, n, bound):
        return (2 * torch.rand(n, generator=self.generator) - 1) * bound

    def warp(self, x):
        """Bilinear sampling after a turn about the centre and a shift."""
        n, _, height, width = x.shape
        angle = self.symmetric(n, math.radians(self.rotation))
        dy, dx = self.symmetric(n, self.translation * height), self.symmetric(n, self.translation * width)
        cos, sin = torch.cos(angle), torch.sin(angle)
        # affine_grid maps output to input in units of half the image, pixel centres at odd multiples of 1 / extent
        across, down = width / 2, height / 2
        theta = torch.stack([
            torch.stack([cos, -sin * down / across, -(cos * dx - sin * dy) / across], 1),
            torch.stack([sin * across / down, cos, -(sin * dx + cos * dy) / down], 1)], 1)
        grid = F.affine_grid(theta, x.shape, align_corners=False)
        return F.grid_sample(x.to(torch.float32), grid, mode="bilinear", padding_mode="zeros", align_corners=False)

    def __call__(self, x):
        n, _, height, width = x.shape
        if self.rotation or self.translation:
            x = self.warp(x)
        if self.flip:
            flipped = torch.rand(n, generator=self.generator) < 0.5
            x = torch.where(flipped.view(-1, 1, 1, 1), x.flip(3), x)
        if self.crop:
            c = self.crop
            padded = F.pad(x.to(torch.float32), (c, c, c, c), mode="reflect" if self.reflect else "constant")
            # a view [n, channels, 2c + 1, 2c + 1, height, width]
            windows = padded.unfold(2, height, 1).unfold(3, width, 1)
            at = torch.randint(0, 2 * c + 1, (2, n), generator=self.generator)
            x = windows[torch.arange(n), :, at[0], at[1]]
        return x
