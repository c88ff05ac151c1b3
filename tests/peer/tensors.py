"""Files of tensors for the C++ tests."""
import json
import struct

import numpy


def write_safetensors(path, tensors):
    """float32, in their order."""
    header, data = {}, b""
    for name, values in tensors.items():
        values_bytes = numpy.ascontiguousarray(values, "<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [len(data), len(data) + len(values_bytes)]}
        data += values_bytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)
