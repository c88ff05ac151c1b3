# small
# Needs Keras 2 or 3, NumPy and Pillow. Written by cnnlab.
import sys

import keras
import numpy
from keras import layers

CLASSES = ["cat", "dog"]


def network():
    """Pixels from 0 to 255 in, numbers for each class out."""
    return keras.Sequential([
        keras.Input((8, 8, 3)),
        layers.DepthwiseConv2D(1, trainable=False, name="normalised"),
        layers.Conv2D(4, 3, padding="same", name="conv2d_1"),
        layers.BatchNormalization(momentum=0.9, epsilon=1e-05, name="batch_norm_1"),
        layers.ReLU(max_value=6.0, name="relu6_1"),
        layers.ZeroPadding2D(padding=((1, 1), (1, 1)), name="conv2d_2_pad"),
        layers.Conv2D(8, 3, strides=2, use_bias=False, name="conv2d_2"),
        layers.LeakyReLU(0.01, name="leaky_relu_1"),
        layers.DepthwiseConv2D((1, 3), depth_multiplier=2, name="conv2d_3"),
        layers.Activation("gelu", name="gelu_1"),
        layers.MaxPooling2D(2, strides=2, name="max_pool2d_1"),
        layers.Dropout(0.2, name="dropout_1"),
        layers.Flatten(name="flatten_1"),
        layers.Dense(2, name="dense_1"),
    ])


def load(weights="chain.npz"):
    model = network()
    with numpy.load(weights) as arrays:
        for layer in model.layers:
            # "conv2d_1/kernel", "conv2d_1/bias" in the order of Keras' own lists
            names = [name for name in arrays.files if name.split("/")[0] == layer.name]
            layer.set_weights([arrays[name] for name in names])
    return model


def read(path):
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    image = ImageOps.fit(image, (8, 8), Image.Resampling.BILINEAR)
    return numpy.asarray(image, "float32").reshape(8, 8, 3)


if __name__ == "__main__":
    model = load()
    for path in sys.argv[1:]:
        logits = model.predict(read(path)[None], verbose=0)[0]
        powers = numpy.exp(logits - logits.max())
        probabilities = powers / powers.sum()
        best = int(probabilities.argmax())
        print(path, CLASSES[best], f"{probabilities[best]:.3f}")
