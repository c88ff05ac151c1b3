#!/usr/bin/env python3
"""seeds.py ROOT OUT: what libFuzzer begins from: small files of each format, and those that other programs wrote."""
import gzip
import io
import json
import shutil
import struct
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

ROOT, OUT = Path(sys.argv[1]), Path(sys.argv[2])
ARRAYS = ROOT / "tests/data/fixtures/arrays"


def put(reader: str, name: str, data: bytes) -> None:
    (OUT / reader).mkdir(parents=True, exist_ok=True)
    (OUT / reader / name).write_bytes(data)


def put_files(reader: str, pattern: str) -> None:
    for file in ROOT.glob(pattern):
        put(reader, file.name if file.name != "card.json" else file.parent.name, file.read_bytes())


def put_set(reader: str, name: str, options: int, files: dict[str, bytes]) -> None:
    """Several files in one input, as files_of() in readers.cpp takes them apart."""
    put(reader, name, bytes([options]) + b"\0file:".join(path.encode() + b"\n" + data for path, data in files.items()))


def idx(kind: int, shape: list[int], data: bytes) -> bytes:
    return bytes([0, 0, kind, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + data


def npy(descr: str, shape: tuple[int, ...], data: bytes) -> bytes:
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head + data


def put_arrays() -> None:
    for reader in ["npy", "npy_labels"]:
        put_files(reader, "tests/data/fixtures/arrays/*.npy")
    put_files("table", "tests/data/fixtures/arrays/*.csv")
    for name in ["batches.meta", "data_batch_1", "global.pickle", "meta", "test", "train"]:
        put("pickle", name, (ARRAYS / name).read_bytes())
    for kind, size in {8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8}.items():
        put("idx", f"{kind}", idx(kind, [3, 2, 2], bytes(12 * size)))
    put("idx", "labels", idx(8, [3], bytes([0, 1, 2])))
    # idx_split reads 8 bytes for each that the first byte says.
    images = idx(8, [2, 2, 2], bytes(range(8)))
    put("idx_split", "pair", bytes([3]) + images + idx(8, [2], bytes([0, 1])))
    put("cifar", "two", bytes([0, *range(12), 1, *range(12)]))
    put("table", "plain", b"0,1,2,3,4\n1,5,6,7,8\n")
    put("table", "header", b"label;pixel1;pixel2;pixel3;pixel4\r\ncat;.1;.2;.3;1\r\n")
    put("table", "utf16", "\ufefflabel\tp1\n1\t2\n".encode("utf-16-le"))


def put_datasets() -> None:
    pair = {"images": idx(8, [4, 4, 4], bytes(range(64))), "labels": idx(8, [4], bytes([0, 1, 0, 1]))}
    names = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]
    put_set("dataset", "idx", 0, {name: pair["images" if "images" in name else "labels"] for name in names})
    qmnist = idx(12, [4, 8], b"".join(struct.pack(">8i", i % 2, 0, 0, 0, 0, 0, 0, 0) for i in range(4)))
    put_set("dataset", "qmnist", 0, {"emnist-letters-" + names[0]: pair["images"], "emnist-letters-train-labels-idx2-int": qmnist})
    python = {name: (ARRAYS / name).read_bytes() for name in ["data_batch_1", "test_batch", "batches.meta"]}
    put_set("dataset", "cifar10_python", 0, python)
    python = {name: (ARRAYS / name).read_bytes() for name in ["train", "test", "meta"]}
    for options in [0, 1]:
        put_set("dataset", f"cifar100_python_{options}", options, python)
        record = bytes([1 - options, options]) + bytes(3072)
        hundred = {"train.bin": 2 * record, "test.bin": record, "fine_label_names.txt": b"a\nb\n", "coarse_label_names.txt": b"c\nd\n"}
        put_set("dataset", f"cifar100_{options}", options, hundred)
    record = bytes([1]) + bytes(3072)
    put_set("dataset", "cifar10", 0, {f"data_batch_{i}.bin": record for i in range(1, 6)} | {"test_batch.bin": record})
    stl = {"train_X.bin": bytes(27648), "train_y.bin": bytes([2]), "test_X.bin": bytes(27648), "test_y.bin": bytes([1])}
    put_set("dataset", "stl10", 2, stl)
    images, labels = npy("|u1", (4, 2, 2), bytes(range(16))), npy("<i8", (4, 1), struct.pack("<4q", 0, 1, 0, 1))
    put_set("dataset", "npz", 0, {"m.npz/x_train.npy": images, "m.npz/y_train.npy": labels})
    put_set("dataset", "named", 128, {"m.npz/a.npy": images, "m.npz/b.npy": labels})
    svhn = npy("|u1", (32, 32, 3, 2), bytes(6144)), npy("|u1", (2, 1), bytes([10, 1]))
    put_set("dataset", "svhn", 0, {f"{split}_32x32.mat/{name}.npy": svhn[i] for split in ["train", "test"] for i, name in enumerate("Xy")})
    put_set("dataset", "table", 0, {"train.csv": b"label,p1\n0,1\n1,2\n", "test.csv": b"label,p1\n0,1\n1,2\n"})

    def pictures(*paths: str) -> dict[str, bytes]:
        return dict.fromkeys(paths, b"")

    put_set("layout", "classes", 0, pictures("k/a/1.png", "k/a/2.png", "k/b/1.jpg", "k/b/2.jpg", "k/notes.txt", "k/b/c.heic"))
    put_set("layout", "splits", 4, pictures("train/a/1.png", "train/b/1.png", "Valid/a/1.png", "test/a/2.png", "test/b/2.png"))
    put_set("layout", "turned", 2, pictures("a/train/1.png", "a/test/2.png", "b/train/1.png", "b/test/2.png", "__MACOSX/1.png"))
    put_set("layout", "deepest", 24, pictures("x/a/1.png", "y/b/1.png", "x/c/"))
    table = {"train.csv": b"id,label\n1,a\n2,b\n3,a\n4,b\n"}
    put_set("layout", "table", 4, table | pictures("train/1.png", "train/2.png", "train/3.png", "train/4.png", "test/5.png"))
    put_set("layout", "column", 0, {"all.csv": b"file;kind;split\n1.png;a;train\n2.png;b;test\n"} | pictures("1.png", "2.png"))
    put("label_table", "names", b'filename,label\na.png,"one, two"\nb,cat\nc.png,dog\n')
    put("label_table", "one_hot", b"image\tone\ttwo\na.png\t1\t0\nb.jpg\t0\t1\n")


def bmp(bits: int, compression: int, palette: bytes, data: bytes) -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, 2, 2, 1, bits, compression, len(data), 0, 0, len(palette) // 4, 0)
    begin = 14 + len(head) + len(palette)
    return b"BM" + struct.pack("<IHHI", begin + len(data), 0, 0, begin) + head + palette + data


def put_pictures() -> None:
    bitmaps = {
        "24": bmp(24, 0, b"", bytes(16)),
        "8": bmp(8, 1, bytes(1024), bytes([2, 7, 0, 0, 0, 2, 1, 2, 0, 1])),
        "4": bmp(4, 2, bytes(64), bytes([2, 1, 0, 0, 2, 1, 0, 1])),
        "16": bmp(16, 3, struct.pack("<III", 0xF800, 0x7E0, 0x1F), bytes(8)),
    }
    gif = b"GIF89a" + struct.pack("<HHBBB", 2, 2, 0x80, 0, 0) + bytes(6)
    gif += b"!\xf9\x04" + bytes(5) + b"," + struct.pack("<HHHHB", 0, 0, 4, 4, 0) + b"\x02\x02\x44\x01\x00;"
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes([8, 0, 0, 0, 1, 0, 0, 1, 0, 0])
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    chunk += b"EXIF" + struct.pack("<I", len(exif)) + exif + bytes(len(exif) % 2)
    for name, data in bitmaps.items():
        put("bmp", name, data)
    for reader in ["picture", "decoded"]:
        put_files(reader, "tests/data/fixtures/images/*")
        for name, data in bitmaps.items():
            put(reader, f"{name}.bmp", data)
        put(reader, "1.gif", gif)
        put(reader, "1.webp", b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk)


def tensors() -> bytes:
    head = {
        "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        "b": {"dtype": "BF16", "shape": [3], "data_offsets": [16, 22]},
        "c": {"dtype": "U8", "shape": [], "data_offsets": [22, 23]},
        "__metadata__": {"format": "cnnlab-model-1"},
    }
    text = json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + bytes(range(23))


def put_networks() -> None:
    put("safetensors", "three", tensors())
    put_files("onnx", "tests/exchange/graphs/*.onnx")
    for folder in (ROOT / "tests/exchange/layers").glob("*/"):
        weights = b"".join(file.read_bytes() for file in sorted(folder.glob("*.bin")))
        if (folder / "model.json").exists():
            put("tfjs", folder.name, (folder / "model.json").read_bytes() + b"\0" + weights)
    put_files("keras", "tests/exchange/layers/*.h5")
    put_files("network_card", "engine/networks/*.json")
    for file in (ROOT / "tests/native/torch").glob("*.pth"):
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                for name in archive.namelist():
                    if name.endswith("data.pkl"):
                        put("torch", file.stem, archive.read(name))


def put_runs() -> None:
    put("json", "experiment", json.dumps({"a": [1, -2.5e3, True, None, "\u00e9\U0001f600"], "b": {"c": []}}).encode())
    put("json", "escapes", b'{"a": "\\ud83d\\ude00 \\n", "a\\u0000": 1e400}')
    put_files("experiment", "engine/experiments/*.json")
    put_files("study", "engine/studies/*.json")
    put_files("card", "datasets/*/card.json")
    facts = {
        "origin": "pets",
        "classes": [{"name": "cat", "train": 8, "test": 2}],
        "notes": ["a note"],
        "unused": [{"path": "b/", "files": 3, "reason": "is no picture"}],
    }
    put("kept_data", "facts", json.dumps(facts).encode())
    concern = {"place": "train", "problem": {"id": "a", "english": "b"}, "remedy": "c"}
    events = [
        {"event": "train_begin", "step": 0, "total_steps": 4, "steps_per_epoch": 2, "epochs": 2, "concerns": [concern]},
        {"event": "epoch_begin", "epoch": 0, "seconds": 0},
        {"event": "batch_end", "step": 1, "loss": 0.5, "accuracy": 0.5, "seconds": 0.1},
        {"event": "eval_end", "epoch": 0, "loss": None, "accuracy": 0.5},
        {"event": "epoch_end", "epoch": 0, "train_loss": 0.5, "train_accuracy": 0.5},
        {"event": "train_end", "step": 4, "seconds": 1},
    ]
    events[0]["images"] = {"train": 8, "test": 2, "checksum": "00"}
    put("metrics", "run", b"".join(json.dumps(event).encode() + b"\n" for event in events))


def tar(kind: int) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=kind) as archive:
        for name in ["a", "k/" + 120 * "b" + "/b", "\u00e4.png"]:
            entry = tarfile.TarInfo(name)
            entry.size = 3
            archive.addfile(entry, io.BytesIO(b"abc"))
        link = tarfile.TarInfo("l")
        link.type, link.linkname = tarfile.SYMTYPE, "a"
        archive.addfile(link)
    return file.getvalue().rstrip(b"\0") + bytes(1024)


def put_archives() -> None:
    for name, kind in {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}.items():
        put("tar", name, tar(kind))
        put("archive", f"{name}.tar", tar(kind))
        put("archive", f"{name}.tgz", gzip.compress(tar(kind), mtime=0))
    for name, how in {"stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED}.items():
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", how) as archive:
            archive.writestr(zipfile.ZipInfo("k/a.png"), b"abc" * 9)
            archive.writestr(zipfile.ZipInfo("..\\\u00e4.png"), b"")
        put("archive", f"{name}.zip", file.getvalue())
    put("gzip", "two", gzip.compress(b"abc" * 99, mtime=0) + gzip.compress(b"", mtime=0))
    put_files("matlab", "tests/data/fixtures/matlab/*.mat")
    element = struct.pack("<II", 14, 0)
    packed = zlib.compress(element)
    head = b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\1IM"
    put("matlab", "elements", head + struct.pack("<II", 15, len(packed)) + packed + element)


shutil.rmtree(OUT, ignore_errors=True)
put_arrays()
put_datasets()
put_pictures()
put_networks()
put_runs()
put_archives()
