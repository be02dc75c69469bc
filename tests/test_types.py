import dataclasses

import pytest

from medassay.types import Case, Choice, Decoding, Image, Message, Op, Request, Sample, Target, fingerprint

SCAN = Image(uri="/anywhere/scan.png", digest="sha256:" + "0" * 64)
ASK = Request(messages=(Message(role="user", parts=(SCAN, "Is it normal?")),), choices=(Choice(label="yes"),))


def test_keys_are_pinned():
    """A changed key would ask every stored answer again: change these only with a migration."""
    assert ASK.key == "7f5683743a4a3570ff31f06df42089fd4d1db4ae8fb88866c84a9fb6dfabf72d"
    assert (
        fingerprint({"b": 1.0, "a": (0, 0.5, "é")})
        == "bf5ac9f5503d82a5c89548eea1f33044610116a557f947df636a2c21921e1afb"
    )


def test_the_key_is_of_the_content():
    moved = dataclasses.replace(SCAN, uri="elsewhere.png")
    turned = dataclasses.replace(SCAN, ops=(Op(name="rotate", seed=1),))
    same = dataclasses.replace(ASK, messages=(Message(role="user", parts=(moved, "Is it normal?")),))
    assert same.key == ASK.key
    assert (
        dataclasses.replace(ASK, decoding=Decoding(temperature=0)).key == ASK.key
    )  # 0 and 0.0 are one number
    others = [
        dataclasses.replace(ASK, messages=(Message(role="user", parts=(turned, "Is it normal?")),)),
        dataclasses.replace(ASK, messages=(Message(role="user", parts=("Is it normal?", SCAN)),)),
        dataclasses.replace(ASK, replicate=1),
        dataclasses.replace(ASK, seed=1),
        dataclasses.replace(ASK, exclusive=False),
        dataclasses.replace(ASK, choices=(Choice(label="yes", texts=("a lung",)),)),
        dataclasses.replace(ASK, decoding=Decoding(temperature=0.5)),
    ]
    assert len({ASK.key, *(request.key for request in others)}) == 1 + len(others)


def test_an_unresolved_image_has_no_key():
    request = Request(messages=(Message(role="user", parts=(Image(uri="scan.png"),)),))
    with pytest.raises(ValueError, match=r"content of scan\.png is not known"):
        _ = request.key


def test_not_a_number_has_no_key():
    with pytest.raises(ValueError, match="nan"):
        fingerprint(float("nan"))


def test_a_case_is_a_sample_without_its_target():
    sample = Sample(id="1", kind="open", question="What?", target=Target(texts=("lung",)), group="g")
    assert type(sample.case) is Case
    assert not hasattr(sample.case, "target")
    assert sample.case.question == "What?"
