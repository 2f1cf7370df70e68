import pytest
import tiny_machine as tiny

from retrovm import registry
from retrovm.media import open_media
from retrovm.session import VM


@pytest.fixture
def media():
    return open_media(tiny.PROGRAM, name="program.bin", format="binary")


@pytest.fixture
def vm(media):
    return VM(tiny.SPEC, media)


@pytest.fixture
def installed(monkeypatch):
    """Lets the registry know the tiny machine and no other."""
    registry.forget()
    monkeypatch.setattr(registry.MACHINES, "_found", {tiny.SPEC.id: None})
    monkeypatch.setattr(registry.MACHINES, "_loaded", {tiny.SPEC.id: tiny.SPEC})
    monkeypatch.setattr("retrovm.registry._is_builtin", lambda entry: True)
