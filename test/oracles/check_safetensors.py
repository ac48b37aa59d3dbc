"""Open a model file with Python's safetensors: names, shapes, metadata keys, and whether its numbers are finite.

    python test/oracles/check_safetensors.py MODEL.safetensors

Needs safetensors and numpy. No test of the project runs it; it shows that other readers open the file.
"""

import json
import struct
import sys

import numpy as np
import safetensors
from safetensors import safe_open

path = sys.argv[1]
print(f"safetensors {safetensors.__version__}, numpy {np.__version__}")

with safe_open(path, framework="numpy") as model:
    count = 0
    for name in model.keys():
        tensor = model.get_tensor(name)
        assert np.isfinite(tensor).all(), f"{name}: expected finite numbers"
        count += tensor.size
        print(f"  {name:45} {tensor.dtype} {list(tensor.shape)}")
    metadata = model.metadata()

print(f"{count} parameters")
for key, value in metadata.items():
    print(f"  {key:20} {len(value)} characters of {type(json.loads(value)).__name__}" if key not in ("format", "weights") else f"  {key:20} {value}")

# Numbers begin at a multiple of 64 bytes, and so does each tensor of whole 64-byte lines.
with open(path, "rb") as file:
    header_bytes = struct.unpack("<Q", file.read(8))[0]
    header = json.loads(file.read(header_bytes))
start = 8 + header_bytes
ranges = [entry["data_offsets"] for name, entry in header.items() if name != "__metadata__"]
assert start % 64 == 0, f"numbers begin at {start}"
assert all((start + first) % 64 == 0 for first, last in ranges if (last - first) % 64 == 0)
print(f"numbers begin at byte {start}; every tensor of whole 64-byte lines is aligned")
