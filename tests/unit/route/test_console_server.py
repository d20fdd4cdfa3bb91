# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes through a console server with a login of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pyco_core.errors import PermissionDenied
from pyco_core.models.endpoint import Endpoint
from pyco_core.models.secret import Secret
from pyco_core.route.plan import Method, plan
from pyco_core.sim import Sim

from .helpers import NO_CONFIG, connect_error, connected, connection_to, endpoint_of, router, send_command

LINE = Endpoint("r1", protocol="telnet", user="cisco", password=Secret("Cisco-1"), driver="cisco_ios")


def test_stream_of_server_is_only_method_behind_it() -> None:
    server = Endpoint("cs", user="ops", driver="console_server")
    _hop, target = plan(replace(LINE, protocol="ssh", port=22), (server,), NO_CONFIG)
    assert target.methods == (Method.SHELL,)


@pytest.mark.parametrize("protocol", ["ssh", "telnet"])
def test_route_leads_through_server_to_console(sim: Sim, protocol: str) -> None:
    host = sim.ssh(router("r1")) if protocol == "ssh" else sim.telnet(router("r1"))
    route = connected(connection_to(sim, endpoint_of(host, "console_server"), LINE))
    assert route.session is not None
    assert (route.session.hostname, route.session.hop) == ("r1", 2)
    assert "UTC" in send_command(route, "show clock")
    route.close()


def test_wrong_password_of_server_blames_server(sim: Sim) -> None:
    host = sim.telnet(router("r1"))
    server = endpoint_of(host, "console_server", password=Secret("wrong"))
    error = connect_error(connection_to(sim, server, LINE))
    assert (type(error), error.hop) == (PermissionDenied, 1)
