"""The golden cases: small experiments that between them use every layer, loss, optimizer and schedule.

<<<<<<< HEAD
Every layer under test stands behind a layer that learns, so that its input gradient is tested too. Images are 7 rows by
6 columns (or 5 by 4), so that a mix-up of height and width shows, and the last batch is smaller than the others.
=======
They stand in tests/cases.json, which the other suites read too. Every layer under test stands behind a layer that
learns, so that its input gradient is tested too. Images are 7 rows by 6 columns (or 5 by 4), so that a mix-up of
height and width shows, and the last batch is smaller than the others.
>>>>>>> b9b276f (tests: one table of cases for conformance, gradients, golden files, op timing)
"""
import json
from pathlib import Path

STEM = {"type": "conv2d", "out_channels": 4, "kernel": 1}
HEAD = [{"type": "flatten"}, {"type": "dense", "out_features": 3}]


def case(name, layers, image=(7, 6, 3), classes=3, steps=2, batch=4, epochs=1, keep=(2,), gain=1.5, **parts):
    """`image` is (H, W, C); `steps` batches make an epoch; parameters are stored after the steps in `keep`."""
    channels = image[2]
    dataset = {"name": "golden", "mean": [0.4, 0.5, 0.6][:channels], "std": [0.2, 0.25, 0.3][:channels]}
    train = {"epochs": epochs, "batch": batch, "eval_batch": 3, "shuffle": False}
    experiment = {"name": name, "dataset": dataset, "model": {"layers": layers}, "loss": "cross_entropy",
                  "optimizer": {"type": "sgd", "lr": 0.1}, **parts, "train": train}
    return {"experiment": experiment, "image": (channels, *image[:2]), "classes": classes, "steps": steps,
            "keep": tuple(keep), "gain": gain}


def read_cases():
    table = json.loads((Path(__file__).resolve().parent.parent / "cases.json").read_text())
    for row in table["layers"]:
        if "golden" in row:
            options = {"name": row["golden"]} if isinstance(row["golden"], str) else row["golden"]
            layers = row["layers"] if row.get("place") == "whole" else [STEM, *row["layers"], *HEAD]
            yield case(layers=layers, **options)
    for row in table["trainings"]:
        yield case(**row)


<<<<<<< HEAD
def layer(kind, **fields):
    return {"type": kind, **fields}


STEM = conv(out_channels=4, kernel=1)
HEAD = [layer("flatten"), dense(3)]
CASES = []


def case(name, layers, image=(3, 7, 6), classes=3, steps=2, batch=4, epochs=1, keep=(2,), gain=1.5, **parts):
    """`image` is (C, H, W); `steps` batches make an epoch; parameters are stored after the steps in `keep`."""
    experiment = {
        "name": name, "dataset": {"name": "golden", "mean": [0.4, 0.5, 0.6][:image[0]], "std": [0.2, 0.25, 0.3][:image[0]]}, "model": {"layers": layers},
        "loss": "cross_entropy", "optimizer": {"type": "sgd", "lr": 0.1}, **parts, "train": {"epochs": epochs, "batch": batch, "eval_batch": 3, "shuffle": False}}
    CASES.append({"experiment": experiment, "image": image, "classes": classes, "steps": steps, "keep": keep, "gain": gain})


def middle(name, *layers, **parts):
    """Layers between a 1x1 convolution and a dense layer."""
    case(name, [STEM, *layers, *HEAD], **parts)


# ---- convolution ----
middle("conv2d_valid", conv(out_channels=5, kernel=3))
middle("conv2d_padding", conv(out_channels=5, kernel=3, padding=1))
middle("conv2d_padding_wide", conv(out_channels=3, kernel=3, padding=[3, 4]))
middle("conv2d_padding_sides", conv(out_channels=5, kernel=3, padding=[0, 2, 1, 0]))
middle("conv2d_stride", conv(out_channels=5, kernel=3, stride=2, padding=1))
middle("conv2d_stride_gaps", conv(out_channels=5, kernel=[2, 1], stride=[3, 2]))
middle("conv2d_same_odd", conv(out_channels=4, kernel=[3, 5], padding="same"))
middle("conv2d_same_even", conv(out_channels=4, kernel=[4, 2], padding="same"))
middle("conv2d_same_dilation", conv(out_channels=4, kernel=2, dilation=[3, 2], padding="same"))
middle("conv2d_same_upper", conv(out_channels=4, kernel=3, stride=2, padding="same_upper"))
middle("conv2d_same_upper_wide", conv(out_channels=4, kernel=[5, 4], stride=[3, 2], padding="same_upper"))
middle("conv2d_same_upper_point", conv(out_channels=4, kernel=1, stride=2, padding="same_upper"))
middle("conv2d_dilation", conv(out_channels=5, kernel=3, dilation=2))
middle("conv2d_dilation_stride", conv(out_channels=5, kernel=[3, 2], dilation=[1, 3], stride=[2, 1], padding=[1, 2]))
middle("conv2d_groups", conv(out_channels=6, kernel=3, groups=2, padding=1))
middle("conv2d_depthwise", conv(out_channels=0, kernel=3, groups=0, padding=1))
middle("conv2d_depthwise_double", conv(out_channels=8, kernel=3, groups=0, padding="same_upper", stride=2))
middle("conv2d_point", conv(out_channels=5, kernel=1, bias=False))
middle("conv2d_tall", conv(out_channels=5, kernel=[7, 1]))
middle("conv2d_flat", conv(out_channels=5, kernel=[1, 6], padding=[0, 3]))
middle("conv2d_whole_image", conv(out_channels=5, kernel=[7, 6]))
case("conv2d_channels", [conv(out_channels=17, kernel=3, padding=1), conv(out_channels=9, kernel=3, stride=2), *HEAD], image=(3, 5, 6), batch=9)
case("conv2d_frozen", [conv(out_channels=4, kernel=3), conv(out_channels=5, kernel=3, trainable=False), conv(out_channels=4, kernel=2), *HEAD])

# ---- activations: the first dense layer spreads values over both sides and, for relu6, past 6 ----
for kind in ("relu", "relu6", "leaky_relu", "gelu", "silu", "sigmoid", "tanh"):
    fields = {"negative_slope": 0.2} if kind == "leaky_relu" else {}
    case(f"activation_{kind}", [conv(out_channels=5, kernel=3, padding=1), layer(kind, **fields), *HEAD], gain=6 if kind == "relu6" else 2.5, optimizer={"type": "sgd", "lr": 0.01})
case("activation_rows", [layer("flatten"), dense(13), layer("tanh"), dense(11), layer("silu"), dense(3)], image=(1, 5, 4))
middle("softmax_positions", layer("softmax"), gain=3)
case("softmax_mse", [STEM, *HEAD, layer("softmax")], loss="mean_squared_error")

# ---- pooling ----
middle("max_pool2d", layer("max_pool2d"))
middle("max_pool2d_padding", layer("max_pool2d", kernel=3, stride=2, padding=1))
middle("max_pool2d_overlap", layer("max_pool2d", kernel=3, stride=1))
middle("max_pool2d_rectangle", layer("max_pool2d", kernel=[3, 2], stride=[2, 1]))
middle("max_pool2d_same_upper", layer("max_pool2d", kernel=[2, 3], stride=[2, 3], padding="same_upper"))
middle("max_pool2d_sides", layer("max_pool2d", kernel=3, stride=2, padding=[0, 2, 2, 1]))
middle("max_pool2d_gaps", layer("max_pool2d", kernel=2, stride=3))
middle("max_pool2d_equals", layer("relu"), layer("max_pool2d", kernel=3, stride=1))
middle("avg_pool2d", layer("avg_pool2d"))
middle("avg_pool2d_padding", layer("avg_pool2d", kernel=3, stride=2, padding=1))
middle("avg_pool2d_padding_inside", layer("avg_pool2d", kernel=3, stride=2, padding=1, count_include_pad=False))
middle("avg_pool2d_overlap", layer("avg_pool2d", kernel=[2, 3], stride=1))
middle("avg_pool2d_same_upper", layer("avg_pool2d", kernel=3, stride=2, padding="same_upper"))
middle("avg_pool2d_sides_inside", layer("avg_pool2d", kernel=[3, 2], stride=2, padding=[2, 0, 1, 1], count_include_pad=False))
case("global_avg_pool", [conv(out_channels=5, kernel=3), layer("global_avg_pool"), dense(3)])
case("global_max_pool", [conv(out_channels=5, kernel=3), layer("global_max_pool"), dense(3)])
case("global_pool_logits", [conv(out_channels=3, kernel=3), layer("global_avg_pool")])

# ---- batch norm: several steps, so that running statistics move; no bias before it, which it would cancel ----
BN_CONV = conv(out_channels=5, kernel=3, bias=False)
STEPS = {"steps": 5, "keep": (1, 2, 5)}
case("batch_norm", [BN_CONV, layer("batch_norm"), layer("relu"), *HEAD], **STEPS)
case("batch_norm_after", [conv(out_channels=5, kernel=3), layer("relu"), layer("batch_norm"), conv(out_channels=4, kernel=3), layer("relu"), *HEAD], **STEPS)
case("batch_norm_options", [BN_CONV, layer("batch_norm", momentum=0.3, eps=0.01), layer("tanh"), *HEAD], **STEPS)
case("batch_norm_rows", [layer("flatten"), dense(7, bias=False), layer("batch_norm"), layer("relu"), dense(3)], image=(2, 5, 4), **STEPS)
case("batch_norm_first", [layer("batch_norm"), conv(out_channels=4, kernel=3), layer("relu"), *HEAD], **STEPS)
case("batch_norm_frozen", [conv(out_channels=5, kernel=3), layer("batch_norm", trainable=False), layer("relu"), *HEAD], **STEPS)

# ---- residual networks and other graphs ----
case("add_residual", [conv(out_channels=4, kernel=3, padding=1, name="a"), layer("relu", name="b"), conv(out_channels=4, kernel=3, padding=1, name="c"),
                      layer("add", **{"from": ["c", "b"]}), layer("relu"), *HEAD])
case("add_shortcut", [conv(out_channels=3, kernel=3, padding=1, name="a"), conv(out_channels=5, kernel=3, stride=2, padding=1, name="b"),
                      conv(out_channels=5, kernel=1, stride=2, **{"from": "a"}, name="c"), layer("add", **{"from": ["b", "c"]}), layer("tanh"), *HEAD])
case("add_three", [conv(out_channels=3, kernel=1, name="a"), layer("tanh", name="b"), layer("silu", **{"from": ["a"]}, name="c"),
                   layer("add", **{"from": ["a", "b", "c"]}), *HEAD])
case("add_twice", [conv(out_channels=3, kernel=1, name="a"), layer("tanh", name="b"), layer("add", **{"from": ["b", "b"]}), *HEAD])
case("add_input", [conv(out_channels=3, kernel=3, padding=1, name="a"), layer("add", **{"from": ["a", "input"]}), layer("relu"), *HEAD])
case("concat", [conv(out_channels=3, kernel=3, padding=1, name="a"), layer("relu", name="b"), conv(out_channels=5, kernel=1, name="c", **{"from": ["a"]}),
                layer("concat", **{"from": ["c", "input", "b"]}), conv(out_channels=4, kernel=2), *HEAD])
case("concat_rows", [conv(out_channels=4, kernel=3, name="a"), layer("global_avg_pool", name="b"), layer("global_max_pool", **{"from": ["a"]}, name="c"),
                     layer("concat", **{"from": ["b", "c"]}), dense(3)])
case("graph", [conv(out_channels=4, kernel=3, padding=1, bias=False, name="a"), layer("batch_norm", name="b"), layer("relu", name="c"),
               conv(out_channels=4, kernel=3, padding=1, bias=False), layer("batch_norm", name="d"), layer("add", **{"from": ["d", "c"]}, name="e"),
               layer("relu", name="f"), layer("concat", **{"from": ["f", "b", "f"]}), layer("max_pool2d"), *HEAD], **STEPS)

# ---- rows of numbers: what a dense layer sees ----
case("dense_on_map", [conv(out_channels=4, kernel=3), dense(5), layer("relu"), dense(3)])
case("dense_after_relu_of_rows", [conv(out_channels=4, kernel=3), layer("flatten"), layer("relu"), dense(3, bias=False)])
case("dense_frozen", [conv(out_channels=4, kernel=3), layer("flatten"), dense(6, trainable=False), layer("relu"), dense(3)])
case("dropout_none", [conv(out_channels=4, kernel=3), layer("dropout", p=0), layer("flatten"), layer("dropout", p=0), dense(5), layer("dropout", p=0), dense(3)])
# masks are random, so with dropout only the evaluation can be compared
case("dropout_evaluation", [conv(out_channels=4, kernel=3), layer("dropout"), layer("flatten"), layer("dropout", p=0.3), dense(5), layer("dropout"), dense(3)], steps=0, keep=())

# ---- losses ----
SMALL = [conv(out_channels=3, kernel=3), layer("relu"), layer("flatten")]
TINY = {"image": (2, 5, 4)}
case("loss_cross_entropy", [*SMALL, dense(7)], classes=7, gain=4, **TINY)
case("loss_label_smoothing", [*SMALL, dense(5)], classes=5, gain=4, loss={"type": "cross_entropy", "label_smoothing": 0.15}, **TINY)
case("loss_binary_one", [*SMALL, dense(1)], classes=2, gain=4, loss="binary_cross_entropy", **TINY)
case("loss_binary_many", [*SMALL, dense(4)], classes=4, gain=4, loss="binary_cross_entropy", **TINY)
case("loss_mse_one", [*SMALL, dense(1)], classes=2, loss="mean_squared_error", optimizer={"type": "sgd", "lr": 0.02}, **TINY)
case("loss_mse_many", [*SMALL, dense(4)], classes=4, loss="mean_squared_error", optimizer={"type": "sgd", "lr": 0.02}, **TINY)

# ---- optimizers ----
NET = [*SMALL, dense(3)]


def optimizer(name, kind, layers=NET, **fields):
    case(f"optimizer_{name}", layers, optimizer={"type": kind, **fields}, **TINY, **STEPS)


optimizer("sgd", "sgd", lr=0.05)
optimizer("sgd_momentum", "sgd", lr=0.05, momentum=0.9)
optimizer("sgd_nesterov", "sgd", lr=0.05, momentum=0.8, nesterov=True)
optimizer("sgd_decay", "sgd", lr=0.05, weight_decay=0.1)
optimizer("sgd_all", "sgd", lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1)
optimizer("adam", "adam", lr=0.01)
optimizer("adam_default", "adam")
optimizer("adam_options", "adam", lr=0.02, beta1=0.7, beta2=0.95, eps=0.01)
optimizer("adam_decay", "adam", lr=0.01, weight_decay=0.1)
optimizer("adamw", "adamw", lr=0.01, weight_decay=0.2)
optimizer("adamw_default", "adamw")
optimizer("rmsprop", "rmsprop", lr=0.01)
optimizer("rmsprop_options", "rmsprop", lr=0.01, alpha=0.9, eps=0.01, weight_decay=0.1)
optimizer("rmsprop_momentum", "rmsprop", lr=0.005, momentum=0.8)
optimizer("clip_norm", "sgd", lr=0.1, momentum=0.9, clip_norm=0.5)
optimizer("clip_norm_idle", "sgd", lr=0.05, clip_norm=1000)
optimizer("clip_norm_adam", "adam", lr=0.01, eps=0.1, clip_norm=0.1, weight_decay=0.1)
optimizer("clip_value", "sgd", lr=0.1, clip_value=0.05)
optimizer("clip_both", "rmsprop", lr=0.01, clip_norm=0.5, clip_value=0.05)
# in "groups" the first match counts: conv2d_1.bias keeps its weight decay
optimizer("groups", "sgd", lr=0.05, momentum=0.9, weight_decay=0.1,
          groups=[{"match": "conv2d_1.*", "lr_scale": 0.25}, {"match": "*.bias", "weight_decay": 0, "lr_scale": 2}])
optimizer("groups_frozen", "adamw", lr=0.01, clip_norm=0.5, groups=[{"match": "conv2d_1.weight", "trainable": False}, {"match": "*.bias", "weight_decay": 0}])
optimizer("average", "sgd", lr=0.1, momentum=0.9, average_decay=0.999)
optimizer("average_capped", "adam", lr=0.02, average_decay=0.25)
optimizer("average_batch_norm", "sgd", [BN_CONV, layer("batch_norm"), layer("relu"), *HEAD], lr=0.1, average_decay=0.9)
# frozen weights have no averages and are evaluated as they are
optimizer("average_frozen", "sgd", [conv(out_channels=3, kernel=3, trainable=False), *NET[1:-1], dense(4), layer("relu"), dense(3)], lr=0.1, average_decay=0.9,
          groups=[{"match": "dense_1.weight", "trainable": False}])

# ---- Muon: wide, tall and square matrices, transposed or not; small rates, as the iteration amplifies rounding ----
WIDE = [conv(out_channels=4, kernel=3), layer("relu"), layer("flatten"), dense(5), layer("tanh"), dense(3)]
TALL = [conv(out_channels=11, kernel=[1, 2]), layer("tanh"), conv(out_channels=3, kernel=1, bias=False), layer("flatten"), dense(3)]
optimizer("muon", "muon", WIDE, lr=0.005, newton_steps=3, other={"type": "sgd", "lr": 0.05, "momentum": 0.85, "nesterov": True})
optimizer("muon_default", "muon", WIDE, lr=0.001)
optimizer("muon_tall", "muon", TALL, lr=0.005, momentum=0.6, newton_steps=3, nesterov=False, other={"type": "sgd", "lr": 0.05})
optimizer("muon_renormalised", "muon", WIDE, lr=0.01, momentum=0.6, newton_steps=3, norm_every=1, a=3.4576, b=-4.7391, c=2.0843, other={"type": "sgd", "lr": 0.02})
optimizer("muon_slowing", "muon", TALL, lr=0.01, momentum=0.6, newton_steps=2, norm_every=1, norm_slowing=4, weight_decay=0.5, other={"type": "adam", "lr": 0.01})
optimizer("muon_groups", "muon", WIDE, lr=0.01, newton_steps=2, clip_norm=0.5, other={"type": "sgd", "lr": 0.1, "momentum": 0.9, "weight_decay": 0.01},
          groups=[{"match": "dense_2.weight", "other": True, "lr": 0.3}, {"match": "conv2d_1.bias", "until": 0.6}, {"match": "dense_1.weight", "lr_scale": 0.5}])
optimizer("lookahead", "sgd", lr=0.1, momentum=0.9, lookahead={"every": 2, "decay": 0.6})
optimizer("lookahead_late", "sgd", lr=0.1, lookahead={"every": 1, "decay": 0.9, "power": 3, "start": 0.3})
case("group_ends_early", NET, optimizer={"type": "sgd", "lr": 0.1, "momentum": 0.9, "groups": [{"match": "*.bias", "until": 0.6}, {"match": "conv2d_1.weight", "until": 0.4}]},
     schedule="linear", **TINY, **STEPS)
case("group_rates", NET, optimizer={"type": "adamw", "lr": 0.01, "groups": [{"match": "*.bias", "lr": 0.05}]}, schedule="cosine", **TINY, **STEPS)
case("loss_sum", [*SMALL, dense(5), layer("scale", factor=0.25)], classes=5, gain=4, loss={"type": "cross_entropy", "label_smoothing": 0.2, "reduction": "sum"},
     optimizer={"type": "sgd", "lr": 0.02}, **TINY)
middle("scale", layer("scale", factor=-1.5), layer("silu"))

# ---- schedules: 12 steps in 3 epochs of 4 ----
for name, schedule in {"constant_warmup": {"type": "constant", "warmup": 0.5}, "step": {"type": "step", "gamma": 0.3}, "step_often": {"type": "step", "drops": 5, "gamma": 0.5},
                       "cosine": {"type": "cosine", "floor": 0.1}, "cosine_warmup": {"type": "cosine", "warmup": 0.25}, "linear": {"type": "linear", "floor": 0.2},
                       "one_cycle": {"type": "one_cycle"}, "one_cycle_options": {"type": "one_cycle", "rise": 0.4, "div": 10, "final_div": 100}}.items():
    case(f"schedule_{name}", NET, schedule=schedule, optimizer={"type": "sgd", "lr": 0.1, "momentum": 0.9}, steps=4, epochs=3, keep=(12,), **TINY)
=======
CASES = list(read_cases())
>>>>>>> b9b276f (tests: one table of cases for conformance, gradients, golden files, op timing)
