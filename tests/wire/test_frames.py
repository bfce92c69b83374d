"""Frames: what is sent arrives equal; whatever is out of form raises WireError and nothing else."""

import contextlib
import socket
import struct
import time
from collections.abc import Iterator

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.core.compare import agree
from grader.core.errors import WireError
from grader.core.requests import Build, Call, Predict, Raised, Returned, Rows, Train, Unusable
from grader.core.values import Tensor, Value, tensor
from grader.wire import frames


@pytest.fixture(name="pair")
def _pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    left, right = socket.socketpair()
    yield left, right
    left.close()
    right.close()


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(plain)
def test_plain_values_survive(value: Value) -> None:
    """Every plain value reads back as it was, NaN included."""
    body = msgpack.packb({"v": value}, strict_types=True)
    assert repr(frames.unpack(body)["v"]) == repr(value)


@given(st.binary(max_size=400))
def test_random_bytes_never_crash(body: bytes) -> None:
    """A hostile body raises WireError or is a plain map."""
    with contextlib.suppress(WireError):
        assert isinstance(frames.unpack(body), dict)


@pytest.mark.parametrize(
    "value",
    [
        tensor(np.arange(6.0).reshape(2, 3)),
        tensor(np.zeros((0, 3))),
        tensor(np.array(3)),
        tensor(np.array([True, False])),
        Tensor(np.array([1.5], np.float16), "float16", "numpy"),
        Tensor(np.array([1.5], np.float32), "bfloat16"),
        (tensor(np.ones(2)), [1, "two"], {"three": None}),
    ],
)
def test_values_cross(pair: tuple[socket.socket, socket.socket], value: Value) -> None:
    """Tensors and tuples keep type, dtype and shape."""
    frames.send(pair[0], {"reply": frames.reply_to_wire(Returned(value))})
    got = frames.receive(pair[1])
    assert got is not None
    reply = frames.reply_from_wire(got["reply"])
    assert isinstance(reply, Returned)
    assert type(reply.value) is type(value)
    assert agree(reply.value, value)


def test_requests_cross(pair: tuple[socket.socket, socket.socket]) -> None:
    """Every kind of request reads back as it was."""
    rows = Rows(tensor(np.ones((2, 3, 1))), tensor(np.array([0, 1])))
    asked = Predict(rows.x, at=rows.y, exchange="RNN", other_x=rows.x)
    for request in (Call({"x": 1}), Build(rows, rows), Train(rows, rows), asked):
        frames.send(pair[0], {"request": frames.request_to_wire(request)})
        got = frames.receive(pair[1])
        assert got is not None
        again = frames.request_from_wire(got["request"])
        assert type(again) is type(request)
        if isinstance(again, Train):
            assert agree(again.train.x, rows.x)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x81",
        msgpack.packb([1]),
        msgpack.packb({1: 2}),
        msgpack.packb({"t": msgpack.ExtType(1, b"")}),
        msgpack.packb({"t": msgpack.ExtType(1, struct.pack(">I", 9999) + b"x")}),
        msgpack.packb({"t": msgpack.ExtType(99, b"x")}),
        msgpack.packb({"t": "x" * 20_000}),
        b"\x81\xa1a" + b"\x91" * 60 + b"\xc0",
        b"\x81\xa1a\xdd\xff\xff\xff\xff",
        b"\x81\xa1a" + b"\x91" * 100_000 + b"\xc0",
    ],
)
def test_bad_bodies_raise_wire_error(body: bytes) -> None:
    """Empty, cut, wrong type, wrong key, wrong tensor, too long, too deep, too large an array."""
    with pytest.raises(WireError):
        frames.unpack(body)


@pytest.mark.parametrize(
    ("dtype", "shape", "raw"),
    [
        ("object", [1], b"12345678"),
        ("float32", [2], b"1234"),
        ("float32", [-1], b"1234"),
        ("float32", [2**62, 4], b""),
        ("float32", "xx", b"1234"),
        (None, [1], b"1234"),
    ],
)
def test_impossible_tensors_raise_wire_error(dtype: object, shape: object, raw: bytes) -> None:
    """A head that does not fit its bytes takes no memory."""
    head = msgpack.packb([dtype, "torch", shape])
    data = struct.pack(">I", len(head)) + head + raw
    with pytest.raises(WireError):
        frames.unpack(msgpack.packb({"t": msgpack.ExtType(1, data)}))


@pytest.mark.parametrize(
    "reply",
    [
        None,
        {"op": "returned"},
        {"op": "call", "inputs": {}},
        {"op": "raised", "kind": 1, "message": "", "where": ""},
        {"op": "raised", "kind": "E", "message": "", "where": "", "more": 1},
        {"op": ["returned"], "value": 1},
    ],
)
def test_forged_replies_raise_wire_error(reply: object) -> None:
    """A reply has one of three forms."""
    with pytest.raises(WireError):
        frames.reply_from_wire(reply)


def test_replies_of_all_kinds_cross() -> None:
    """Raised and Unusable keep their words."""
    for reply in (Raised("E", "m", "w"), Unusable("a function"), Returned(None)):
        assert frames.reply_from_wire(frames.reply_to_wire(reply)) == reply


def test_an_announced_giant_is_refused_before_it_is_read(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    """The length is checked before memory is taken."""
    pair[0].sendall(struct.pack(">I", frames.MAX_FRAME_BYTES + 1))
    with pytest.raises(WireError, match="limit"):
        frames.receive(pair[1])


def test_a_slow_sender_meets_the_deadline(pair: tuple[socket.socket, socket.socket]) -> None:
    """Half a frame does not hold the referee."""
    pair[0].sendall(struct.pack(">I", 100) + b"half")
    with pytest.raises(TimeoutError):
        frames.receive(pair[1], time.monotonic() + 0.05)


def test_a_closed_connection_is_an_end_or_an_error(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    """Between frames it is the end; inside one it is an error."""
    pair[0].sendall(struct.pack(">I", 100))
    pair[0].close()
    with pytest.raises(WireError, match="middle"):
        frames.receive(pair[1])
    assert frames.receive(pair[1]) is None


def _tuple_in(body: bytes) -> bytes:
    return b"\xc9" + struct.pack(">IB", len(body) + 1, 2) + b"\x91" + body


@pytest.mark.parametrize("depth", [30, 900, 5000])
def test_tuples_in_tuples_end_in_an_error_and_not_in_a_crash(depth: int) -> None:
    # Each level takes 40 KB of C stack: 300 of them, 3 KB on the wire, once ended the grader.
    body = b"\xc0"
    for _ in range(depth):
        body = _tuple_in(body)
    with pytest.raises(WireError, match="nested too deeply"):
        frames.unpack(b"\x81\xa1x" + body)


def test_lists_of_lists_are_counted_together() -> None:
    # msgpack bounds each list alone: 60 MB of empty lists are 4 GB of objects.
    inner = b"\xdd" + struct.pack(">I", 60_000) + b"\x90" * 60_000
    body = b"\x81\xa1x\xdd" + struct.pack(">I", 5) + inner * 5
    with pytest.raises(WireError, match="too many things"):
        frames.unpack(body)


def test_a_tensor_with_a_giant_head_is_refused() -> None:
    head = msgpack.packb(["float32", "torch", [1] * 10_000])
    data = struct.pack(">I", len(head)) + head + bytes(4)
    with pytest.raises(WireError, match="impossible head"):
        frames.unpack(msgpack.packb({"x": msgpack.ExtType(1, data)}))
