"""Event records as TensorBoard's own writer makes them: python test/oracles/make_tensorboard_golden.py > test/golden/tensorboard.json

Each record is read back by TensorBoard's own reader before it is written down.
"""

import io
import json
import os
import tempfile

import tensorboard
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New
from tensorboard.summary.writer.record_writer import RecordWriter


def record(event: Event) -> str:
    file = io.BytesIO()
    RecordWriter(file).write(event.SerializeToString())
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "one-record.tfevents")
        with open(path, "wb") as out:
            out.write(file.getvalue())
        reader = PyRecordReader_New(path)
        reader.GetNext()
        assert Event.FromString(reader.record()) == event
    return file.getvalue().hex()


def main() -> None:
    at = 1_777_802_400_123
    events = [
        {"at": at, "step": 0, "scalars": [{"name": "train/loss", "value": 2.5}]},
        {"at": at + 50, "step": 127, "scalars": [{"name": "a", "value": -0.1}, {"name": "dev/chrf++", "value": 1e-8}]},
        {"at": at + 99, "step": 128, "scalars": [{"name": "损失", "value": 3.4e38}]},
        {"at": at + 7777, "step": 300_000_000, "scalars": []},
        {"at": at, "step": 5_000_000_000, "scalars": [{"name": "n" * 200, "value": 0.001}]},
    ]
    for event in events:
        values = [Summary.Value(tag=one["name"], simple_value=one["value"]) for one in event["scalars"]]
        proto = Event(wall_time=event["at"] / 1000, step=event["step"], summary=Summary(value=values))
        event["bytes"] = record(proto)
    version = Event(wall_time=at / 1000, file_version="brain.Event:2")
    print(
        json.dumps(
            {
                "made": f"test/oracles/make_tensorboard_golden.py, tensorboard {tensorboard.__version__}",
                "version": {"at": at, "bytes": record(version)},
                "events": events,
            },
            indent=1,
            ensure_ascii=False,
        )
    )


main()
