"""Reads the file that `python_peer.ts` hands to a script: tensors by their names, and its settings."""
import json
import struct

import torch


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    info = header.pop("__metadata__")
    dtypes = {"F32": torch.float32, "I32": torch.int32}
    return {
        name: torch.frombuffer(
            bytearray(data[8 + length + a : 8 + length + b]), dtype=dtypes[dtype]
        ).reshape(shape)
        for name, dtype, shape, (a, b) in (
            (n, t["dtype"], t["shape"], t["data_offsets"]) for n, t in header.items()
        )
    }, json.loads(info["settings"])
