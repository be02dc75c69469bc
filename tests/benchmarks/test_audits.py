"""Every benchmark of the catalogue can be audited as it lies in its fixture."""

import pytest

from medassay import registry
from medassay.reporting.audit_page import sights
from medassay.workflows.auditing import audit

from .test_catalogue import WORDS


@pytest.mark.parametrize("word", WORDS)
def test_it_can_be_audited(word, folder, tmp_path):
    out = tmp_path / "audit.html"
    held = audit(word, data=folder(word), out=out)
    assert held.sizes[0].samples > 0
    assert not [f for f in held.findings if f.check.startswith("key:") and f.severity != "clear"]
    page = out.read_text("utf-8")
    if not registry.find("benchmark", word.partition("@")[0]).may_leave:
        assert "Held back." in page
        assert "data:image" not in page
        assert not [sight.id for sight in sights(held) if sight.id in page]
