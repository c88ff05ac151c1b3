#!/usr/bin/env python3
"""Trains an experiment of cnnlab with PyTorch: the same network, recipe and data, so that
test accuracies can be compared.

    pytorch_train.py --network cifar10-simple --data data/cifar10 --epochs 10 --seed 1 --threads 1 [--limit N]

Data: the six CIFAR-10 .bin files, or Fashion-MNIST's four IDX files (.gz or not). Prints a line an epoch
and one line of JSON at the end.
"""
import argparse
import json
import os
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--network", required=True, help="an experiment's name, or a path to its JSON")
    parser.add_argument("--data", required=True, help="folder with the data set's files")
    parser.add_argument("--epochs", type=int, default=0, help="0: as the experiment says")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--limit", type=int, default=0, help="only the first so many training images")
    return parser.parse_args()


ARGS = arguments()
# before PyTorch is there: OpenBLAS takes its number of threads from the environment, and
# set_num_threads does not reach it
os.environ["OPENBLAS_NUM_THREADS"] = str(ARGS.threads)

import torch  # noqa: E402

from images import Augment, image_shape, load_card, load_images, normalise  # noqa: E402
from networks import Network, load_experiment  # noqa: E402
from recipe import Optimizer, make_loss, right_answers, schedule_factor  # noqa: E402


def evaluate(experiment, network, loss_of, card, images, labels):
    network.eval()
    loss = right = 0
    with torch.no_grad():
        for x, y in zip(images.split(500), labels.split(500)):
            logits = network(normalise(x, card))
            loss += float(loss_of(logits, y)) * len(y)
            right += right_answers(experiment, logits, y)
    return loss / len(labels), right / len(labels)


def main():
    args = ARGS
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    experiment = load_experiment(args.network)
    card = load_card(experiment)
    (images, labels), test = load_images(card, args.data)
    if args.limit:
        images, labels = images[:args.limit], labels[:args.limit]
    train = experiment.get("train", {})
    epochs, batch = args.epochs or train.get("epochs", 10), train.get("batch", 64)
    network = Network(experiment, image_shape(card))
    loss_of, optimizer = make_loss(experiment), Optimizer(experiment, network)
    augment = Augment(experiment, torch.Generator().manual_seed(args.seed))
    total, step, begun = epochs * -(-len(labels) // batch), 0, time.perf_counter()
    print(f"{experiment['name']}: {sum(p.numel() for p in network.parameters()):,} parameters, {len(labels)} images, PyTorch {torch.__version__}", flush=True)
    for epoch in range(epochs):
        network.train()
        order = torch.randperm(len(labels)) if train.get("shuffle", True) else torch.arange(len(labels))
        loss_sum, right, start = 0.0, 0, time.perf_counter()
        for chosen in order.split(batch):
            x, y = normalise(augment(images[chosen]), card), labels[chosen]
            optimizer.zero_grad()
            logits = network(x)
            loss = loss_of(logits, y)
            loss.backward()
            optimizer.step(step, total)
            step += 1
            loss_sum += float(loss) * len(y)
            right += right_answers(experiment, logits.detach(), y)
        seconds = time.perf_counter() - start
        # the test set is for the averaged weights where the experiment keeps them
        own = {name: parameter.detach().clone() for name, parameter in optimizer.named} if optimizer.averages else {}
        swap(optimizer, optimizer.averages)
        test_loss, test_accuracy = evaluate(experiment, network, loss_of, card, *test)
        swap(optimizer, own)
        print(f"epoch {epoch + 1}/{epochs}: loss {loss_sum / len(labels):.4f}, accuracy {right / len(labels):.4f}, test loss {test_loss:.4f}, "
              f"test accuracy {test_accuracy:.4f}, {len(labels) / seconds:.0f} img/s", flush=True)
    print(json.dumps({"network": experiment["name"], "version": torch.__version__, "seed": args.seed, "threads": args.threads, "epochs": epochs,
                      "test_accuracy": test_accuracy, "test_loss": test_loss, "train_loss": loss_sum / len(labels),
                      "seconds": round(time.perf_counter() - begun, 1)}))


def swap(optimizer, values):
    with torch.no_grad():
        for name, parameter in optimizer.named if values else []:
            parameter.copy_(values[name])


if __name__ == "__main__":
    main()
