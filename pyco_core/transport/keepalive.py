# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keepalives of an ssh connection that the server replies to."""

from __future__ import annotations

import weakref
from typing import Any

import paramiko
from paramiko.common import cMSG_GLOBAL_REQUEST

from .packets import GreetingPacketizer
from .sent_messages import SendingTransport

UNANSWERED = 3  # intervals of keepalives without a packet, after which the connection is ended


class KeepaliveTransport(SendingTransport):
    """An ssh connection that asks its server for a sign of life. The packetizer records the answers."""

    packetizer: GreetingPacketizer

    def ask(self) -> None:
        """Send a keepalive, which the server replies to. Raises the exceptions of a broken stream."""
        this: Any = self
        self.packetizer.liveness.ask()
        if this.clear_to_send.is_set():  # else new keys are being exchanged, which are an answer too
            request = paramiko.Message()
            request.add_byte(cMSG_GLOBAL_REQUEST)
            request.add_string("keepalive@openssh.com")
            request.add_boolean(True)
            this._send_user_message(request)

    def set_keepalive(self, interval: float) -> None:
        """Send a keepalive now, and after each interval in seconds without data.

        A server that used to reply and does not any more ends the connection.
        """
        this = weakref.proxy(self)

        def keepalive() -> None:
            if this.packetizer.liveness.is_overdue(UNANSWERED * interval):
                raise paramiko.SSHException("The server does not answer.")
            this.ask()

        self.packetizer.set_keepalive(interval, keepalive)
        self.ask()
