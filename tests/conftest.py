"""What holds for all tests.

    HYPOTHESIS_PROFILE=long   looks at 10,000 examples a property, the default at 50
    CI, RETROVM_TESTDATA      where both are set, a conformance test that skips has failed
"""

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("default", max_examples=50, deadline=None)
settings.register_profile("long", max_examples=10_000, deadline=None,
                          suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(autouse=True, scope="session")
def own_folders(tmp_path_factory):
    """What `retrovm test` and the player remember goes to no user's folders."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RETROVM_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("RETROVM_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    report = yield
    strict = os.environ.get("CI") and os.environ.get("RETROVM_TESTDATA")
    if strict and report.skipped and not hasattr(report, "wasxfail") and "conformance" in item.path.parts:
        report.outcome = "failed"
        report.longrepr = f"skipped, though RETROVM_TESTDATA is set: {report.longrepr[2]}"
    return report
