"""Statements that others can verify: in-toto Statement v1 in a DSSE envelope, signed where a key is given.

The format is that of the in-toto attestation framework (spec v1) and of the Dead Simple Signing Envelope
v1.0.2: a signature covers `"DSSEv1" SP len(type) SP type SP len(body) SP body`. Of a statement without a
signature every change to the file is still found by `read`, because a file has one spelling only.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from medassay.errors import DataError
from medassay.reporting.files import write_bytes

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATES = "https://medassay.org/attestation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is stated of some subjects: each a name with its sha256. `kind` names the predicate."""

    kind: str
    subjects: Mapping[str, str]
    predicate: Mapping[str, Any]

    def payload(self) -> bytes:
        """The statement as its one spelling in JSON."""
        return spelled(
            {
                "_type": STATEMENT,
                "subject": [{"name": n, "digest": {"sha256": d}} for n, d in sorted(self.subjects.items())],
                "predicateType": f"{PREDICATES}/{self.kind}/v1",
                "predicate": dict(self.predicate),
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A statement as it was read, with the ids of the keys that signed it and the hash of the file."""

    statement: Statement
    signatures: Sequence[tuple[str, bytes]]
    body: bytes
    sha256: str

    def signed_by(self, public: Path) -> bool:
        """Whether the key in this PEM file signed it.

        Raises:
            UsageError: `cryptography` is not installed, or the file holds no Ed25519 public key.
        """
        from medassay.workflows.studies.signing import verifies

        return any(verifies(public, _encoded(self.body), signature) for _, signature in self.signatures)


def spelled(value: Any) -> bytes:
    """JSON with sorted keys and no spaces, in UTF-8: equal values are equal bytes."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(path: Path) -> str:
    """The sha256 of a file, in hex.

    Raises:
        DataError: it cannot be read.
    """
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error


def write(path: Path, statement: Statement, key: Path | None = None) -> str:
    """Write the statement, signed by the private key in a PEM file if one is given; returns its sha256.

    Raises:
        UsageError: the key cannot be used.
        StoreError: the file cannot be written.
    """
    body = statement.payload()
    signatures = []
    if key is not None:
        from medassay.workflows.studies.signing import sign

        name, signature = sign(key, _encoded(body))
        signatures = [{"keyid": name, "sig": base64.b64encode(signature).decode()}]
    whole = spelled(_envelope(body, signatures)) + b"\n"
    write_bytes(path, whole)
    return sha256(whole).hexdigest()


def read(path: Path, kind: str) -> Envelope:
    """Read a statement of one kind.

    Raises:
        DataError: it cannot be read, or is not spelled as `write` spells it: a byte was changed.
    """
    try:
        whole = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}") from error
    try:
        held = json.loads(whole)
        body = base64.b64decode(held["payload"], validate=True)
        signatures = [
            (str(s["keyid"]), base64.b64decode(s["sig"], validate=True)) for s in held["signatures"]
        ]
        said = json.loads(body)
        statement = Statement(
            kind=kind,
            subjects={each["name"]: each["digest"]["sha256"] for each in said["subject"]},
            predicate=said["predicate"],
        )
        again = [{"keyid": name, "sig": base64.b64encode(sig).decode()} for name, sig in signatures]
        same = whole == spelled(_envelope(body, again)) + b"\n" and body == statement.payload()
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
        raise DataError(f"{path} is not a {kind} as medassay writes it: it was changed or cut off") from error
    if not same:
        raise DataError(f"{path} is not a {kind} as medassay writes it: a byte of it was changed")
    return Envelope(statement=statement, signatures=signatures, body=body, sha256=sha256(whole).hexdigest())


def _envelope(body: bytes, signatures: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    return {
        "payloadType": PAYLOAD_TYPE,
        "payload": base64.b64encode(body).decode(),
        "signatures": list(signatures),
    }


def _encoded(body: bytes) -> bytes:
    """What a signature covers (DSSE's pre-authentication encoding)."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(body), body)
