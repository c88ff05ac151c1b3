#!/usr/bin/env python3
"""Networks as torchvision and PyTorch write them, with random weights: foreign_models.py FOLDER

For each NAME: NAME.onnx by PyTorch's TorchScript exporter, and NAME.safetensors with "pixels" [N, C, H, W] and the
"logits" [N, K] that ONNX Runtime makes of pixels / 255. NAME.pth has the state dict. Exit code 3: torchvision is not
installed.
"""
import os
import sys
import warnings

try:
    import torchvision
except ImportError:
    print("torchvision is not here")
    sys.exit(3)
import numpy
import onnx
import onnxruntime as ort
import torch

from tensors import write_safetensors

warnings.simplefilter("ignore")

SIZE, IMAGES = 64, 2


def vgg11(**options):
    """VGG-11 for small images: the classifier of the large one alone takes 400 MB."""
    network = torchvision.models.vgg11(init_weights=False, **options)
    layers = torch.nn
    network.avgpool = layers.AdaptiveAvgPool2d(2)
    network.classifier = layers.Sequential(
        layers.Linear(512 * 2 * 2, 128), layers.ReLU(), layers.Dropout(), layers.Linear(128, 128), layers.ReLU(), layers.Dropout(),
        layers.Linear(128, options["num_classes"]),
    )
    return network


NETWORKS = {
    "resnet18": torchvision.models.resnet18,
    "resnet34": torchvision.models.resnet34,
    "mobilenet_v2": torchvision.models.mobilenet_v2,
    "vgg11": vgg11,
    "squeezenet1_1": torchvision.models.squeezenet1_1,
}


def logits_of(path, pixels):
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    wanted = (pixels / numpy.float32(255)).astype(numpy.float32)
    if session.get_inputs()[0].shape[0] == 1:
        return numpy.concatenate([session.run(None, {name: wanted[i : i + 1]})[0] for i in range(len(wanted))])
    return session.run(None, {name: wanted})[0]


def randomise(network):
    """Weights that keep values of one size, and statistics that are none of the start's."""
    torch.manual_seed(3)
    for name, values in list(network.named_parameters()) + list(network.named_buffers()):
        with torch.no_grad():
            if name.endswith("running_var"):
                values.uniform_(0.5, 1.5)
            elif name.endswith("running_mean"):
                values.normal_(0, 0.1)
            elif values.dim() == 1 and values.is_floating_point():
                values.uniform_(0.5, 1.2) if name.endswith("weight") else values.normal_(0, 0.1)


def export(network, path, dynamic, keep_norm=False):
    torch.onnx.export(
        network,
        (torch.zeros(1, 3, SIZE, SIZE),),
        path,
        dynamo=False,
        opset_version=17,
        input_names=["images"],
        output_names=["scores"],
        dynamic_axes={"images": {0: "n"}, "scores": {0: "n"}} if dynamic else None,
        training=torch.onnx.TrainingMode.PRESERVE if keep_norm else torch.onnx.TrainingMode.EVAL,
        do_constant_folding=not keep_norm,
    )


def main(folder):
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    pixels = numpy.random.default_rng(5).integers(0, 256, (IMAGES, 3, SIZE, SIZE)).astype(numpy.float32)
    for name, make in NETWORKS.items():
        network = make(weights=None, num_classes=10).eval()
        randomise(network)
        files = [name, name + ".norm"] if name in ("resnet18", "mobilenet_v2") else [name]
        for file in files:
            export(network, file + ".onnx", dynamic=name != "vgg11", keep_norm=file.endswith(".norm"))
            write_safetensors(file + ".safetensors", {"pixels": pixels, "logits": logits_of(file + ".onnx", pixels)})
        torch.save(network.state_dict(), name + ".pth")
    model = onnx.load("squeezenet1_1.onnx")
    onnx.save_model(model, "beside.onnx", save_as_external_data=True, location="beside.data", size_threshold=256)
    write_safetensors("beside.safetensors", {"pixels": pixels, "logits": logits_of("beside.onnx", pixels)})
    print(f"torch {torch.__version__}, torchvision {torchvision.__version__}, onnx {onnx.__version__}, onnxruntime {ort.__version__}")


if __name__ == "__main__":
    main(sys.argv[1])
