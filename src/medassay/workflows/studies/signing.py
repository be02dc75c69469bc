"""Ed25519 keys in PEM files (RFC 8032, RFC 8410), as `openssl genpkey -algorithm ed25519` writes them."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from medassay.errors import UsageError


def sign(key: Path, message: bytes) -> tuple[str, bytes]:
    """The id of a private key (the sha256 of its public half, raw) and its signature of the message.

    Raises:
        UsageError: `cryptography` is not installed, or the file holds no Ed25519 private key.
    """
    serialization, ed25519 = _library()
    private = _loaded(key, lambda text: serialization.load_pem_private_key(text, password=None))
    if not isinstance(private, ed25519.Ed25519PrivateKey):
        raise UsageError(f"{key} is no Ed25519 private key: openssl genpkey -algorithm ed25519 -out KEY.pem")
    raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return sha256(raw).hexdigest(), private.sign(message)


def verifies(public: Path, message: bytes, signature: bytes) -> bool:
    """Whether the signature of the message is by this key.

    Raises:
        UsageError: `cryptography` is not installed, or the file holds no Ed25519 public key.
    """
    from cryptography.exceptions import InvalidSignature

    serialization, ed25519 = _library()
    key = _loaded(public, serialization.load_pem_public_key)
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise UsageError(
            f"{public} is no Ed25519 public key: openssl pkey -in KEY.pem -pubout -out PUBLIC.pem"
        )
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _loaded(path: Path, load: Any) -> Any:
    try:
        return load(path.read_bytes())
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"{path} cannot be read as a key without a password: {error}") from error


def _library() -> tuple[Any, Any]:
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as error:
        raise UsageError("signatures need cryptography: pip install 'medassay[sign]'") from error
    return serialization, ed25519
