# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pyco_core.session.masker import Masker
from pyco_core.session.shared import Shared
from pyco_core.session.transcript import Transcript


@pytest.fixture
def recorded(tmp_path: Path) -> Iterator[Shared]:
    """Return the shared objects of a connection that writes the transcript r1.log."""
    masker = Masker()
    transcript = Transcript(str(tmp_path), "r1", masker.mask)
    yield Shared(observers=[transcript], masker=masker)
    transcript.close()
