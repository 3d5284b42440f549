"""Sealed files: a stream encrypted to a recovery key that the server does not keep (X25519, HKDF, ChaCha20-Poly1305).

Layout: magic, the sender's one-time public key (32 bytes), then chunks of at most 1 MiB, each with its own tag; the
nonce holds the chunk's number and whether it is the last, so that cutting, swapping or repeating chunks is noticed.
"""

from __future__ import annotations

import base64
import hashlib
import io
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"ZHENGYOU-BACKUP-1\n"
CHUNK, TAG = 1 << 20, 16


class Unreadable(Exception):
    """Not a sealed file, a wrong key, or a file that was cut or changed; `args[0]` is one of: kind, key, content."""


def new_key() -> tuple[str, bytes]:
    """A fresh recovery key: as it is written down, and its public half."""
    private = X25519PrivateKey.generate()
    return written(private.private_bytes_raw()), private.public_key().public_bytes_raw()


def written(secret: bytes) -> str:
    """A key as people copy it: groups of four letters and digits with a check sum of two bytes."""
    text = base64.b32encode(secret + hashlib.sha256(secret).digest()[:2]).decode().rstrip("=")
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))


def read_key(text: str) -> bytes:
    """The key behind what was written down; dashes, spaces and case do not matter. Raises Unreadable("key")."""
    bare = (
        "".join(c for c in text.upper() if c.isalnum()).replace("0", "O").replace("1", "I").replace("8", "B")
    )
    try:
        raw = base64.b32decode(bare + "=" * (-len(bare) % 8))
    except ValueError:
        raise Unreadable("key") from None
    secret, check = raw[:32], raw[32:]
    if len(secret) != 32 or hashlib.sha256(secret).digest()[:2] != check:
        raise Unreadable("key")
    return secret


def _cipher(shared: bytes, sender: bytes, receiver: bytes) -> ChaCha20Poly1305:
    key = HKDF(hashes.SHA256(), 32, salt=sender + receiver, info=MAGIC).derive(shared)
    return ChaCha20Poly1305(key)


def _nonce(number: int, last: bool) -> bytes:
    return bytes([int(last), 0, 0, 0]) + number.to_bytes(8, "big")


class Sealer(io.RawIOBase):
    """Write plain bytes in, sealed bytes come out at `out`; `finish` writes the last chunk."""

    def __init__(self, out: IO[bytes], receiver: bytes):
        super().__init__()
        one_time = X25519PrivateKey.generate()
        sender = one_time.public_key().public_bytes_raw()
        self._out, self._waiting, self._number = out, bytearray(), 0
        self._cipher = _cipher(
            one_time.exchange(X25519PublicKey.from_public_bytes(receiver)), sender, receiver
        )
        out.write(MAGIC + sender)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._seal(bytes(self._waiting[:CHUNK]), last=False)
            del self._waiting[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Seal what is left; without it the file counts as cut."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, chunk: bytes, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._number, last), chunk, MAGIC))
        self._number += 1


class Opener(io.RawIOBase):
    """Read plain bytes out of a sealed file; raises Unreadable at the first byte that is not as it was written."""

    def __init__(self, source: IO[bytes], secret: bytes):
        super().__init__()
        if source.read(len(MAGIC)) != MAGIC:
            raise Unreadable("kind")
        sender = source.read(32)
        private = X25519PrivateKey.from_private_bytes(secret)
        try:
            shared = private.exchange(X25519PublicKey.from_public_bytes(sender))
        except ValueError:
            raise Unreadable("content") from None
        self._cipher = _cipher(shared, sender, private.public_key().public_bytes_raw())
        self._source, self._ready, self._number, self._ended = source, bytearray(), 0, False
        self._ahead = source.read(CHUNK + TAG)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._ready and not self._ended:
            self._next()
        n = min(len(buffer), len(self._ready))
        buffer[:n] = self._ready[:n]
        del self._ready[:n]
        return n

    def _next(self) -> None:
        block, self._ahead = self._ahead, self._source.read(CHUNK + TAG)
        last = not self._ahead
        try:
            self._ready += self._cipher.decrypt(_nonce(self._number, last), block, MAGIC)
        except InvalidTag:
            raise Unreadable("key" if self._number == 0 else "content") from None
        self._number += 1
        self._ended = last
