#!/usr/bin/env python3
"""seeds.py OUT: small files of each format, from which libFuzzer begins; those of tests/data/fixtures come on top."""
import json
import struct
import sys
from pathlib import Path

OUT = Path(sys.argv[1])


def put(reader: str, name: str, data: bytes) -> None:
    folder = OUT / reader
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def idx(kind: int, shape: list[int], data: bytes) -> bytes:
    return bytes([0, 0, kind, len(shape)]) + struct.pack(f">{len(shape)}I", *shape) + data


def bmp(bits: int, compression: int, palette: bytes, data: bytes) -> bytes:
    head = struct.pack("<IiiHHIIiiII", 40, 2, 2, 1, bits, compression, len(data), 0, 0, len(palette) // 4, 0)
    begin = 14 + len(head) + len(palette)
    return b"BM" + struct.pack("<IHHI", begin + len(data), 0, 0, begin) + head + palette + data


def tensors() -> bytes:
    head = {
        "a": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        "b": {"dtype": "BF16", "shape": [3], "data_offsets": [16, 22]},
        "c": {"dtype": "U8", "shape": [], "data_offsets": [22, 23]},
        "__metadata__": {"format": "cnnlab-model-1"},
    }
    text = json.dumps(head).encode()
    return struct.pack("<Q", len(text)) + text + bytes(range(23))


def main() -> None:
    for kind, size in {8: 1, 9: 1, 11: 2, 12: 4, 13: 4, 14: 8}.items():
        put("idx", f"{kind}", idx(kind, [3, 2, 2], bytes(12 * size)))
    images, labels = idx(8, [3, 2, 2], bytes(range(12))), idx(8, [3], bytes([0, 1, 2]))
    put("idx", "labels", labels)
    # idx_split reads 8 bytes for each that the first byte says.
    images = idx(8, [2, 2, 2], bytes(range(8)))
    put("idx_split", "pair", bytes([3]) + images + idx(8, [2], bytes([0, 1])))
    put("safetensors", "three", tensors())
    put("cifar", "two", bytes([0, *range(12), 1, *range(12)]))
    put("json", "experiment", json.dumps({"a": [1, -2.5e3, True, None, "\u00e9\ud83d\ude00"], "b": {"c": []}}).encode())
    put("json", "escapes", b'{"a": "\\ud83d\\ude00 \\n", "a\\u0000": 1e400}')
    put("table", "plain", b"0,1,2,3,4\n1,5,6,7,8\n")
    put("table", "header", b"label;pixel1;pixel2;pixel3;pixel4\r\ncat;.1;.2;.3;1\r\n")
    put("label_table", "names", b'filename,label\na.png,"one, two"\nb,cat\nc.png,dog\n')
    put("label_table", "one_hot", b"image\tone\ttwo\na.png\t1\t0\nb.jpg\t0\t1\n")
    put("picture", "24.bmp", bmp(24, 0, b"", bytes(16)))
    put("picture", "8.bmp", bmp(8, 1, bytes(1024), bytes([2, 7, 0, 0, 0, 2, 1, 2, 0, 1])))
    put("picture", "4.bmp", bmp(4, 2, bytes(64), bytes([2, 1, 0, 0, 2, 1, 0, 1])))
    put("picture", "16.bmp", bmp(16, 3, struct.pack("<III", 0xF800, 0x7E0, 0x1F), bytes(8)))
    gif = b"GIF89a" + struct.pack("<HHBBB", 2, 2, 0x80, 0, 0) + bytes(6)
    put("picture", "1.gif", gif + b"!\xf9\x04" + bytes(5) + b"," + struct.pack("<HHHHB", 0, 0, 4, 4, 0) + b"\x02\x02\x44\x01\x00;")
    chunk = b"VP8X" + struct.pack("<I", 10) + bytes([8, 0, 0, 0, 1, 0, 0, 1, 0, 0])
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    chunk += b"EXIF" + struct.pack("<I", len(exif)) + exif + bytes(len(exif) % 2)
    put("picture", "1.webp", b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk)


main()
