"""Length-limited frames of plain values over a socket, packed with msgpack; never pickle.

A frame is four bytes of length (big endian) and one msgpack map. Tensors travel as raw bytes with
dtype and shape. The referee reads frames that hostile code may have written, so every limit is
checked before memory is taken, and whatever is out of form raises WireError and nothing else.
"""

from __future__ import annotations

import math
import socket
import struct
import time
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import msgpack
import numpy as np

from grader.core.errors import WireError
from grader.core.requests import REPLIES, REQUESTS, Reply, Request, Rows
from grader.core.values import Tensor, Value

MAX_FRAME_BYTES = 64 * 2**20
MAX_ITEMS = 100_000
MAX_TEXT = 10_000
# Lists, maps and tuples in each other.
MAX_DEPTH = 24
# A tensor's dtype, library and shape take some 40.
MAX_HEAD_BYTES = 512

_LENGTH = struct.Struct(">I")
_TENSOR, _TUPLE = 1, 2
# bfloat16 travels as float32, which holds each of its values exactly.
_NUMPY_NAME = {"bfloat16": "float32"}
_DTYPES = frozenset(
    [
        "bool",
        "uint8",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint16",
        "uint32",
        "uint64",
        "float16",
        "bfloat16",
        "float32",
        "float64",
    ]
)


def send(sock: socket.socket, message: dict[str, Any]) -> None:
    """Send one frame. Raises WireError when it is too large or the other side is gone."""
    send_packed(sock, pack(message))


def pack(message: dict[str, Any]) -> bytes:
    """The body of a frame: the same bytes for the same message. Raises WireError as `send` does."""
    try:
        body: bytes = msgpack.packb(message, default=_pack, use_bin_type=True, strict_types=True)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        text = f"this cannot be sent: {error}"
        raise WireError(text) from error
    if len(body) > MAX_FRAME_BYTES:
        text = f"a frame of {len(body):,} bytes is over the limit of {MAX_FRAME_BYTES:,}"
        raise WireError(text)
    return body


def send_packed(sock: socket.socket, body: bytes) -> None:
    """Send what `pack` made. Raises WireError when the other side is gone."""
    try:
        sock.sendall(_LENGTH.pack(len(body)) + body)
    except OSError as error:
        text = f"the other side is gone ({error})"
        raise WireError(text) from error


def receive(
    sock: socket.socket, deadline: float = math.inf, most: int = MAX_FRAME_BYTES
) -> dict[str, Any] | None:
    """Receive one frame of at most `most` bytes; None when the other side closed between frames.

    `deadline` is on `time.monotonic`'s clock. Raises TimeoutError after it, WireError for bad
    bytes.
    """
    head = _read(sock, _LENGTH.size, deadline)
    if head is None:
        return None
    (size,) = _LENGTH.unpack(head)
    if size > most:
        text = f"a frame of {size:,} bytes was announced; the limit is {most:,}"
        raise WireError(text)
    body = _read(sock, size, deadline)
    if body is None:
        text = "the connection closed in the middle of a frame"
        raise WireError(text)
    return unpack(body)


def unpack(body: bytes) -> dict[str, Any]:
    """Read the body of a frame. Raises WireError for anything out of form."""
    try:
        message = _Reader().read(body)
        _check_depth(message, 0)
    except WireError:
        raise
    except Exception as error:
        text = f"a frame is not in form ({type(error).__name__})"
        raise WireError(text) from error
    if not isinstance(message, dict) or not all(type(key) is str for key in message):
        text = "a frame must be a map with text keys"
        raise WireError(text)
    return message


def request_to_wire(request: Request) -> dict[str, Any]:
    """Name a request and spell out its fields."""
    return _to_wire(request, REQUESTS)


def request_from_wire(data: object) -> Request:
    """Read what `request_to_wire` wrote."""
    made: Request = _from_wire(data, REQUESTS)
    return made


def reply_to_wire(reply: Reply) -> dict[str, Any]:
    """Name a reply and spell out its fields."""
    return _to_wire(reply, REPLIES)


def reply_from_wire(data: object) -> Reply:
    """Read a reply that hostile code may have written; its texts are cut, its types exact."""
    made: Reply = _from_wire(data, REPLIES)
    texts = [getattr(made, field.name) for field in fields(made) if field.name != "value"]
    if not all(type(text) is str for text in texts):
        message = "a reply's texts must be texts"
        raise WireError(message)
    return made


def _to_wire(thing: Any, table: dict[str, type[Any]]) -> dict[str, Any]:
    name = next(name for name, kind in table.items() if type(thing) is kind)
    return {"op": name, **{f.name: _plain(getattr(thing, f.name)) for f in fields(thing)}}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, Tensor | type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    return value


def _from_wire(data: object, table: dict[str, type[Any]]) -> Any:
    name = data.get("op") if isinstance(data, dict) else None
    if not isinstance(data, dict) or type(name) is not str or name not in table:
        text = "an unknown message"
        raise WireError(text)
    kind = table[name]
    values = {key: value for key, value in data.items() if key != "op"}
    known = {field.name for field in fields(kind)}
    needed = {field.name for field in fields(kind) if field.default is MISSING}
    if not needed <= set(values) <= known:
        text = f"a {name} message has the wrong fields"
        raise WireError(text)
    for name in ("train", "val"):
        if name in values and kind in (REQUESTS["train"], REQUESTS["build"]):
            values[name] = Rows(**values[name])
    return kind(**values)


def _pack(thing: object) -> Any:
    if isinstance(thing, Tensor):
        head = msgpack.packb([thing.dtype, thing.library, list(thing.shape)])
        raw = np.ascontiguousarray(thing.array).tobytes()
        return msgpack.ExtType(_TENSOR, _LENGTH.pack(len(head)) + head + raw)
    if type(thing) is tuple:
        return msgpack.ExtType(_TUPLE, msgpack.packb(list(thing), default=_pack, strict_types=True))
    text = f"a {type(thing).__name__} is no value"
    raise TypeError(text)


class _Reader:
    """Unpacks one frame and counts what it holds, in all of its nested parts together.

    msgpack bounds a single list only, and a tuple is packed within a part of its own. A frame of
    60 MB can announce 60 million empty lists (4 GB of Python objects), one of 3 KB three hundred
    tuples in each other (msgpack takes 40 KB of C stack for each).
    """

    def __init__(self) -> None:
        self._items = 2 * MAX_ITEMS  # a list in a list counts for both
        self._bytes = 2 * MAX_FRAME_BYTES
        self._depth = 0

    def read(self, body: bytes) -> Any:
        """One packed part."""
        return msgpack.unpackb(
            body,
            ext_hook=self._extension,
            list_hook=self._counted,
            object_hook=self._counted,
            strict_map_key=True,
            raw=False,
            max_str_len=MAX_TEXT,
            max_array_len=MAX_ITEMS,
            max_map_len=MAX_ITEMS,
        )

    def _counted(self, held: Any) -> Any:
        self._spend(len(held) + 1)
        return held

    def _extension(self, code: int, data: bytes) -> Value:
        self._spend(1)
        if code == _TENSOR:
            return _unpack_tensor(data)
        if code == _TUPLE:
            self._bytes -= len(data)
            self._depth += 1
            if self._depth > MAX_DEPTH or self._bytes < 0:
                text = "a frame is nested too deeply"
                raise WireError(text)
            items = self.read(data)
            self._depth -= 1
            if type(items) is list:
                return tuple(items)
        text = f"unknown extension {code}"
        raise WireError(text)

    def _spend(self, items: int) -> None:
        self._items -= items
        if self._items < 0:
            text = "a frame holds too many things"
            raise WireError(text)


def _unpack_tensor(data: bytes) -> Tensor:
    (size,) = _LENGTH.unpack_from(data)
    if size > MAX_HEAD_BYTES:
        text = "a tensor with an impossible head"
        raise WireError(text)
    start = _LENGTH.size + size
    dtype, library, shape = msgpack.unpackb(data[_LENGTH.size : start])
    in_form = (
        dtype in _DTYPES
        and library in ("torch", "numpy")
        and type(shape) is list
        and len(shape) <= MAX_DEPTH
        and all(type(axis) is int and 0 <= axis <= MAX_FRAME_BYTES for axis in shape)
    )
    if not in_form:
        text = "a tensor with an impossible head"
        raise WireError(text)
    kind = np.dtype(_NUMPY_NAME.get(dtype, dtype))
    if math.prod(shape) * kind.itemsize != len(data) - start:
        text = "a tensor whose bytes do not fit its shape"
        raise WireError(text)
    array = np.frombuffer(data, kind, offset=start).reshape(shape)
    if kind.kind == "b":
        array = np.frombuffer(data, np.uint8, offset=start).reshape(shape) != 0
    return Tensor(array, dtype, library)


def _check_depth(value: object, depth: int) -> None:
    if depth > MAX_DEPTH:
        text = "a frame is nested too deeply"
        raise WireError(text)
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            _check_depth(item, depth + 1)


def _read(sock: socket.socket, count: int, deadline: float) -> bytes | None:
    """Read exactly `count` bytes; None when nothing came before the end."""
    parts = bytearray()
    while len(parts) < count:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock.settimeout(None if math.isinf(left) else left)
        try:
            got = sock.recv(min(count - len(parts), 2**20))
        except TimeoutError:
            raise
        except OSError as error:
            text = f"the other side is gone ({error})"
            raise WireError(text) from error
        if not got:
            if not parts:
                return None
            text = "the connection closed in the middle of a frame"
            raise WireError(text)
        parts += got
    return bytes(parts)
