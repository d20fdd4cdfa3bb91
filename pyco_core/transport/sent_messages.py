# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages that we send: none about a closed channel, and none but its own during a key exchange.

paramiko builds a message while it holds the lock of the channel, and sends it a moment later without it. If
the server closes the channel in between, paramiko's thread answers first. The late message is then about a
channel that the server has forgotten, and OpenSSH and Dropbear end the whole connection, with the sessions of
all others ("data packet referred to nonexistent channel"). Its number may be that of a new channel too.

Between our announcement of new keys and their use (RFC 4253, 7.1) only messages of the exchange may be sent.
paramiko lets each sender wait for its end for up to 30 seconds, beyond any deadline. Its own thread, which
answers a server that closes a channel, waits for itself then, and the connection is lost. Other messages it
sends nevertheless. Here they are kept until the new keys are in use, as OpenSSH does; nobody waits.
"""

from __future__ import annotations

import threading
from typing import Any

import paramiko
from paramiko.common import MSG_CHANNEL_CLOSE, MSG_SERVICE_ACCEPT, MSG_SERVICE_REQUEST, MSG_USERAUTH_REQUEST

MAX_KEPT = 10_000  # messages; windows of 2 MiB take 64 each, and a server can ask for answers without end


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
    """Sends nothing about a channel that it has closed, and keeps messages back during a key exchange."""

    clear_to_send: threading.Event  # paramiko's; not set during a key exchange

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._order = threading.Lock()  # of the messages
        self._kept: list[paramiko.Message] = []  # until the end of a key exchange

    # Called by paramiko; its type stubs do not have them.

    def _parse_channel_open_success(self, m: paramiko.Message) -> None:
        this: Any = self
        if channel := this._channels.get(m.get_int()):
            channel._set_transport(_Sender(self))
        m.rewind()
        base: Any = super()
        base._parse_channel_open_success(m)

    def _parse_newkeys(self, m: paramiko.Message) -> None:
        base: Any = super()
        base._parse_newkeys(m)
        with self._order:
            for message in self._kept:
                self._pass(message)
            self._kept.clear()

    def _send_user_message(self, data: paramiko.Message) -> None:
        if self.is_active():
            self._send_message(data)

    def _send_message(self, data: paramiko.Message) -> None:
        with self._order:
            if (self._kept or not self.clear_to_send.is_set()) and not _is_of_key_exchange(data):
                if len(self._kept) == MAX_KEPT:
                    raise paramiko.SSHException("The server does not end the exchange of keys.")
                self._kept.append(data)
            else:
                self._pass(data)

    def _pass(self, message: paramiko.Message) -> None:
        # One thread at a time comes here, with the messages of a channel in the order in which they are sent.
        base: Any = super()
        if not (isinstance(message, _ChannelMessage) and message.is_late):
            base._send_message(message)


def _is_of_key_exchange(message: paramiko.Message) -> bool:
    """Return True for a message that may be sent while keys are exchanged."""
    kind = message.asbytes()[0]
    return kind < MSG_USERAUTH_REQUEST and kind not in (MSG_SERVICE_REQUEST, MSG_SERVICE_ACCEPT)
