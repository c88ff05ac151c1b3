# small
# Needs Keras 2 or 3, NumPy and Pillow. Written by cnnlab.
import sys

import keras
import numpy
from keras import layers

CLASSES = ["cat", "dog"]


def network():
    """Pixels from 0 to 255 in, numbers for each class out."""
    input = keras.Input((8, 8, 3), name="input")
    normalised = layers.DepthwiseConv2D(1, trainable=False, name="normalised")(input)
    class_rows_last = layers.Permute((3, 2, 1), name="class_rows_last")(normalised)
    class_rows = layers.Dense(16, use_bias=False, trainable=False, name="class_rows")(class_rows_last)
    class_columns_last = layers.Permute((1, 3, 2), name="class_columns_last")(class_rows)
    class_columns = layers.Dense(16, use_bias=False, trainable=False, name="class_columns")(class_columns_last)
    x_class = layers.Permute((2, 3, 1), name="class")(class_columns)
    stem_1 = layers.Conv2D(4, 3, padding="same", name="stem.1")(x_class)
    stem_1_ = layers.ReLU(name="stem_1")(stem_1)
    conv2d_2 = layers.Conv2D(4, 3, padding="same", name="conv2d_2")(stem_1_)
    add_1 = layers.Add(name="add_1")([stem_1_, conv2d_2])
    silu_1 = layers.Activation("swish", name="silu_1")(add_1)
    hard_swish_1_line = layers.Rescaling(0.16666667, offset=0.5, name="hard_swish_1_line")(silu_1)
    hard_swish_1_gate = layers.ReLU(max_value=1.0, name="hard_swish_1_gate")(hard_swish_1_line)
    hard_swish_1 = layers.Multiply(name="hard_swish_1")([silu_1, hard_swish_1_gate])
    hard_sigmoid_1_line = layers.Rescaling(0.16666667, offset=0.5, name="hard_sigmoid_1_line")(hard_swish_1)
    hard_sigmoid_1 = layers.ReLU(max_value=1.0, name="hard_sigmoid_1")(hard_sigmoid_1_line)
    global_avg_pool_1 = layers.GlobalAveragePooling2D(name="global_avg_pool_1")(hard_sigmoid_1)
    dense_1 = layers.Dense(2, name="dense_1")(global_avg_pool_1)
    scale_1 = layers.Rescaling(0.125, name="scale_1")(dense_1)
    return keras.Model(input, scale_1)


def load(weights="residual.npz"):
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
