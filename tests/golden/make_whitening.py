#!/usr/bin/env python3
"""Makes tests/golden/whitening.safetensors: whitening filters as NumPy's eigh gives them, for images that are random
but smooth, so that the eigenvalues lie apart. "NAME/images" uint8 [N, H, W, C]; "NAME/mean", "NAME/std" by channel;
"NAME/filters" [2 n, Kh, Kw, C] from the first "NAME/count" images with "NAME/eps". Needs NumPy and, for the file
format, what make_golden.py needs.
"""
from pathlib import Path

import numpy as np

from make_golden import write_safetensors


def whitening(images, mean, std, count, kernel, eps):
    x = (images[:count].astype(np.float64) / 255 - mean) / std
    height, width, channels = x.shape[1:]
    patches = np.stack([x[:, i:i + height - kernel[0] + 1, j:j + width - kernel[1] + 1] for i in range(kernel[0]) for j in range(kernel[1])], axis=3)
    patches = patches.reshape(-1, kernel[0] * kernel[1] * channels)
    values, vectors = np.linalg.eigh(patches.T @ patches / len(patches))
    assert np.min(np.diff(values) / values[1:]) > 0.01, "eigenvalues too close: their eigenvectors are ill-conditioned"
    filters = vectors.T
    filters = filters * np.sign(filters[np.arange(len(filters)), np.abs(filters).argmax(1)])[:, None] / np.sqrt(values[:, None] + eps)
    return np.concatenate([filters, -filters]).reshape(-1, *kernel, channels)


def smooth_images(random, shape):
    x = random.randn(*shape)
    for axis in (1, 2):
        x = x + 0.7 * np.roll(x, 1, axis) + 0.3 * np.roll(x, 2, axis)
    x = x + 0.8 * x.mean(3, keepdims=True) * np.arange(1, shape[3] + 1)
    return np.clip(120 + 30 * x, 0, 255).astype(np.uint8)


def main():
    tensors, random = {}, np.random.RandomState(5)
    for name, shape, kernel, count, eps in (("colour", (12, 9, 8, 3), (2, 2), 9, 5e-4), ("grey", (6, 10, 11, 1), (3, 2), 6, 0.01)):
        images = smooth_images(random, shape)
        mean, std = np.linspace(0.4, 0.5, shape[3]).astype(np.float32), np.linspace(0.2, 0.3, shape[3]).astype(np.float32)
        filters = whitening(images, mean.astype(np.float64), std.astype(np.float64), count, kernel, eps)
        tensors |= {f"{name}/images": images, f"{name}/mean": mean, f"{name}/std": std, f"{name}/filters": filters,
                    f"{name}/count": np.array([count], np.float32), f"{name}/eps": np.array([eps], np.float32)}
    write_safetensors(Path(__file__).resolve().parent / "whitening.safetensors", tensors, {})


if __name__ == "__main__":
    main()
