# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages that we send about a channel: none after the one that closes it.

paramiko builds a message while it holds the lock of the channel, and sends it a moment later without it. If
the server closes the channel in between, paramiko's thread answers first. The late message is then about a
channel that the server has forgotten, and OpenSSH and Dropbear end the whole connection, with the sessions of
all others ("data packet referred to nonexistent channel"). Its number may be that of a new channel too.
"""

from __future__ import annotations

from typing import Any

import paramiko
from paramiko.common import MSG_CHANNEL_CLOSE


class _Sender:
    """The transport as one channel uses it."""

    def __init__(self, transport: paramiko.Transport) -> None:
        self._transport: Any = transport
        self._is_closed = False  # from the message on that closes the channel

    def _send_user_message(self, message: paramiko.Message) -> None:  # called by paramiko
        self._transport._send_user_message(_ChannelMessage(message.asbytes(), self))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def admits(self, kind: int) -> bool:
        """Return False if the channel is closed. kind: of the message that is about to be sent."""
        was_closed = self._is_closed
        self._is_closed = was_closed or kind == MSG_CHANNEL_CLOSE
        return not was_closed


class _ChannelMessage(paramiko.Message):
    """A message about the channel of a sender."""

    def __init__(self, content: bytes, sender: _Sender) -> None:
        super().__init__(content)
        self._sender = sender
        self._kind = content[0]

    @property
    def is_late(self) -> bool:
        return not self._sender.admits(self._kind)


class SendingTransport(paramiko.Transport):
    """Sends nothing about a channel that it has closed."""

    # Called by paramiko; its type stubs do not have them.

    def _parse_channel_open_success(self, m: paramiko.Message) -> None:
        this: Any = self
        if channel := this._channels.get(m.get_int()):
            channel._set_transport(_Sender(self))
        m.rewind()
        base: Any = super()
        base._parse_channel_open_success(m)

    def _send_message(self, data: paramiko.Message) -> None:
        # One thread at a time comes here with a message of a channel, in the order in which they are sent.
        base: Any = super()
        if not (isinstance(data, _ChannelMessage) and data.is_late):
            base._send_message(data)
