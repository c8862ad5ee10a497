"""Makes the files beside it with PyTorch, and expected.json with what PyTorch reads from them.

    OMP_NUM_THREADS=1 python3 make.py && deno fmt expected.json

Made with PyTorch 1.13. evil.pth and the files whose names begin with `zip_` are put together by
hand, as PyTorch would not write them.
"""

import json
import os
import zipfile

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}
expected = {}


def at(name):
    return os.path.join(HERE, name)


def flatten(value, prefix, tensors, metadata):
    name = prefix[:-1]
    if isinstance(value, torch.Tensor):
        numbers = value.detach().to(torch.float64).contiguous().flatten().tolist()
        shape = list(value.shape)
        tensors[name] = {"dtype": TYPES[value.dtype], "shape": shape, "numbers": numbers}
    elif isinstance(value, dict):
        for key, item in value.items():
            flatten(item, f"{prefix}{key}.", tensors, metadata)
    elif isinstance(value, (list, tuple)):
        for key, item in enumerate(value):
            flatten(item, f"{prefix}{key}.", tensors, metadata)
    elif value is not None:
        metadata[name] = str(value).lower() if isinstance(value, bool) else str(value)


def expect(file, loaded):
    tensors, metadata = {}, {}
    flatten(loaded, "", tensors, metadata)
    expected[file] = {"tensors": tensors, "metadata": metadata}


def save(file, value, **options):
    torch.save(value, at(file), **options)
    expect(file, torch.load(at(file)))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.in_proj_weight = nn.Parameter(torch.randn(6, 2).half())
        self.out_proj = nn.Linear(2, 2).half()

    def forward(self, x):
        return self.out_proj(x @ self.in_proj_weight.t()[:, :2])


class Tower(nn.Module):
    """Named and nested as OpenAI's CLIP is."""

    def __init__(self):
        super().__init__()
        self.input_resolution = 224
        self.activation = "quick_gelu"
        self.sizes = [3, 4]
        self.device = torch.device("cpu")
        self.resblocks = nn.Sequential(*[nn.Sequential(Attention()) for _ in range(2)])
        self.logit_scale = nn.Parameter(torch.tensor(4.5))
        self.register_buffer("context_length", torch.tensor(77))

    def forward(self, x):
        return self.resblocks(x)


def main():
    torch.manual_seed(1)
    adapter = nn.Sequential(nn.Linear(3, 4), nn.GELU(), nn.Linear(4, 2))
    temporal = nn.Conv1d(2, 3, 3)
    base = torch.arange(12.0).reshape(3, 4)
    save(
        "state_dict.pth",
        {
            "text_adapter": adapter.state_dict(),
            "temporal": temporal.state_dict(),
            "views": {
                "base": base,
                "transposed": base.t(),
                "columns": base[:, 1:3],
                "last_row": base[2],
                "every_other": base[::2],
                "expanded": torch.tensor([1.5, -2.0]).expand(3, 2),
                "turned": torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1),
                "long_turned": torch.tensor([[1, 2**40], [-3, 4]]).t(),
                "one": torch.tensor(2.5),
                "none": torch.zeros(0, 5),
            },
            "parameter": nn.Parameter(torch.tensor([[1.0, 2.0]])),
            "shape": torch.Size([3, 4]),
            "type": torch.float32,
            "epoch": 7,
            "large": 2**40,
            "rate": 0.5,
            "best": True,
            "nothing": None,
            "steps": [10, -20, 300],
        },
    )
    numbers = torch.tensor([0, 1, 2, 3, 5, 120])
    save("types.pth", {name: numbers.to(dtype) for dtype, name in TYPES.items()})
    bias = torch.tensor([6e-8, 65504.0]).half()
    halves = {"state_dict": {"weight": torch.randn(3, 5).half(), "bias": bias}}
    save("f16.pth", halves)
    save("bf16_protocol_4.pth", {"weight": torch.randn(3, 5).bfloat16()}, pickle_protocol=4)

    # A head of CLIP-AU as the authors save theirs, small.
    width, units = 6, 46
    save(
        "head.pth",
        {
            "text_adapter": nn.Sequential(
                nn.Linear(width, 4), nn.ReLU(), nn.Linear(4, width)
            ).state_dict(),
            "temporal": nn.Conv1d(width, width, 3, padding=1).state_dict(),
            "temporal_proj": nn.Linear(2 * width, 5).state_dict(),
            "temporal_classifier": nn.Sequential(
                nn.Linear(units, 3), nn.ReLU(), nn.Linear(3, 2)
            ).state_dict(),
        },
    )

    module = torch.jit.script(Tower())
    torch.jit.save(module, at("module.pt"))
    loaded = torch.jit.load(at("module.pt"))
    expect("module.pt", loaded.state_dict())
    expected["module.pt"]["metadata"] = {
        "input_resolution": "224",
        "activation": "quick_gelu",
        "sizes.0": "3",
        "sizes.1": "4",
        "device": "cpu",
    }

    torch.save(halves, at("legacy.pth"), _use_new_zipfile_serialization=False)
    rewritten = {name: zipfile.ZipFile(at("f16.pth")).read(name) for name in names("f16.pth")}
    write("zip_deflated.pth", rewritten, zipfile.ZIP_DEFLATED)
    expected["zip_deflated.pth"] = expected["f16.pth"]
    write("zip_little_endian.pth", {**rewritten, "f16/byteorder": b"little"})
    expected["zip_little_endian.pth"] = expected["f16.pth"]
    write("zip_big_endian.pth", {**rewritten, "f16/byteorder": b"big"})
    # What would run a command where Python's pickle reads it.
    write("evil.pth", {"evil/data.pkl": b"\x80\x02cos\nsystem\nX\x07\x00\x00\x00echo no\x85R."})

    with open(at("expected.json"), "w") as file:
        json.dump(expected, file, separators=(",", ":"))
        file.write("\n")


def names(file):
    return zipfile.ZipFile(at(file)).namelist()


def write(file, entries, method=zipfile.ZIP_STORED):
    with zipfile.ZipFile(at(file), "w", method) as archive:
        for name, contents in entries.items():
            archive.writestr(zipfile.ZipInfo(name), contents, method)


main()
