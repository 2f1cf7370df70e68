"""A wheel, built once from the source distribution of this checkout, and a fresh environment with it."""

import shutil

import pytest
from building import ROOT, Environment, build, run


@pytest.fixture(scope="session")
def checkout(tmp_path_factory):
    """The tracked files as they are now, in a checkout of their own: other tests leave files in this one meanwhile."""
    if not (ROOT / ".git").exists():
        pytest.skip("a source distribution is made from a git checkout")
    folder = tmp_path_factory.mktemp("checkout") / "retrovm"
    run("git", "clone", "--quiet", ROOT, folder, cwd=folder.parent)
    for name in run("git", "ls-files", "-z", cwd=ROOT).split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def sdist(checkout, tmp_path_factory):
    target = tmp_path_factory.mktemp("sdist") / "out"
    target.mkdir()
    return build("sdist", checkout, target)


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
