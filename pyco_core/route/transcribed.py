# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transcript of a route."""

from __future__ import annotations

from ..models.settings import Settings
from ..session.shared import Shared
from ..session.transcript import Transcript


class RouteTranscript:
    """Observes the sessions of a route if the settings have a folder for transcripts.

    host: names the file without `settings.inventory_name`.
    """

    def __init__(self, settings: Settings, host: str, shared: Shared) -> None:
        self._folder, self._name = settings.transcript, settings.inventory_name or host
        self._shared = shared
        self._transcript: Transcript | None = None

    def open(self) -> None:
        """Write the transcript from now on. Raises InvalidParameter."""
        if self._folder:
            self._transcript = Transcript(self._folder, self._name, self._shared.masker.mask)
            self._shared.observers.append(self._transcript)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        transcript, self._transcript = self._transcript, None
        if transcript is not None:
            self._shared.observers.remove(transcript)
            transcript.close()
