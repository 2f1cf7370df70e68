"""A wheel, built once from the source distribution of this checkout, and a fresh environment with it."""

import shutil

import pytest
from building import ROOT, Environment, build


@pytest.fixture(scope="session")
def sdist(tmp_path_factory):
    if not (ROOT / ".git").exists():
        pytest.skip("a source distribution is made from a git checkout")
    target = tmp_path_factory.mktemp("sdist") / "out"
    target.mkdir()
    return build("sdist", ROOT, target)


@pytest.fixture(scope="session")
def unpacked(sdist, tmp_path_factory):
    """The source distribution, unpacked: no git around it."""
    folder = tmp_path_factory.mktemp("unpacked")
    shutil.unpack_archive(sdist, folder, filter="data")
    (source,) = folder.iterdir()
    return source


@pytest.fixture(scope="session")
def wheel(unpacked, tmp_path_factory):
    target = tmp_path_factory.mktemp("wheel") / "out"
    target.mkdir()
    return build("wheel", unpacked, target)


@pytest.fixture(scope="session")
def environment(wheel, tmp_path_factory):
    """An environment with the wheel in it."""
    made = Environment(tmp_path_factory.mktemp("venv"))
    made.install(wheel)
    return made
