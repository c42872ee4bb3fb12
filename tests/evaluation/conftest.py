"""What most tests of reports have no need of: dozens of refits, and pictures drawn in full."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def _few(few_exchanges):
    """The sanity checks have tests of their own, with all exchanges."""


@pytest.fixture(autouse=True)
def _quick(quick_pictures):
    """Figures are made in every test and drawn in one of each kind of page, which asks for ``drawn``."""
