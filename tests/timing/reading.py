#!/usr/bin/env python3
"""reading.py FOLDER [RUNS]: what reading CIFAR-10 costs, from its archive for Python and from the binary one.

FOLDER has the six files of the binary version. Both archives are made from them in a temporary folder, with the names,
the order and the pickles of the official ones. `cnnlab data ARCHIVE` (build/release, or CNNLAB_PROGRAM) then reads each
RUNS times (7) by turns. Printed are medians of the wall time, of the processors' time, and of the most memory that the
process had.
"""
import io
import os
import statistics
import struct
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("CNNLAB_PROGRAM", str(ROOT / "build/release/cnnlab"))
TRAIN = [f"data_batch_{i}" for i in range(1, 6)]
CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def pickled(value) -> bytes:
    """A value as Python 2 pickled it with protocol 2: texts are bytes. `bytes` are an array of NumPy, 3,072 a row."""
    if isinstance(value, int):
        return b"K" + bytes([value]) if 0 <= value < 256 else b"J" + struct.pack("<i", value)
    if isinstance(value, str):
        return b"U" + bytes([len(value)]) + value.encode()
    if isinstance(value, list):
        return b"](" + b"".join(map(pickled, value)) + b"e"
    if isinstance(value, dict):
        return b"}(" + b"".join(pickled(key) + pickled(one) for key, one in value.items()) + b"u"
    array = b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R(K\x01"
    array += pickled(len(value) // 3072) + pickled(3072) + b"\x86cnumpy\ndtype\nU\x02u1K\0K\x01\x87R"
    array += b"(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb\x89T"
    return array + struct.pack("<i", len(value)) + value + b"tb"


def python_batch(records: bytes, name: str) -> bytes:
    labels = list(records[::3073])
    pixels = b"".join(records[at + 1 : at + 3073] for at in range(0, len(records), 3073))
    names = [f"{CLASSES[label]}_s_{i:06}.png" for i, label in enumerate(labels)]
    return b"\x80\x02" + pickled({"batch_label": name, "labels": labels, "data": pixels, "filenames": names}) + b"."


def write_archive(path: Path, top: str, files: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz", compresslevel=6) as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(f"{top}/{name}")
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


def cost(archive: Path) -> tuple[float, float, float]:
    """Seconds, seconds of processors, MiB."""
    begin = time.monotonic()
    process = subprocess.Popen([PROGRAM, "data", str(archive)], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{PROGRAM} data {archive} failed")
    return time.monotonic() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    folder, runs = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 7
    batches = {name: (folder / f"{name}.bin").read_bytes() for name in [*TRAIN, "test_batch"]}
    with tempfile.TemporaryDirectory() as place:
        archives = {"binary": Path(place) / "cifar-10-binary.tar.gz", "Python": Path(place) / "cifar-10-python.tar.gz"}
        texts = {"batches.meta.txt": ("\n".join(CLASSES) + "\n\n").encode()}
        write_archive(archives["binary"], "cifar-10-batches-bin", {f"{name}.bin": data for name, data in batches.items()} | texts)
        meta = b"\x80\x02" + pickled({"num_cases_per_batch": 10000, "label_names": CLASSES, "num_vis": 3072}) + b"."
        order = ["data_batch_4", "test_batch", "data_batch_3", "batches.meta", "data_batch_2", "data_batch_5", "data_batch_1"]
        python = {name: meta if name == "batches.meta" else python_batch(batches[name], name) for name in order}
        write_archive(archives["Python"], "cifar-10-batches-py", python)
        costs = {name: [] for name in archives}
        for _ in range(runs):
            for name, archive in archives.items():
                costs[name].append(cost(archive))
    medians = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in costs.items()}
    for name, (seconds, busy, memory) in medians.items():
        print(f"{name}: {seconds:.2f} s, {busy:.2f} s of processors, {memory:.0f} MiB (medians of {runs})")
    print(f"memory, Python over binary: {medians['Python'][2] / medians['binary'][2]:.2f}")


main()
