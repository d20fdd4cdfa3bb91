# Copyright: the pyco contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The routes to one device, tried in order until one works.

Only an error of the way leads to the next route. An error of the device's own login ends the search: it would
be the same on each route, and the device may lock the account.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from ..errors import (
    ClosedBeforeLogin,
    ConnectError,
    ConnectionClosed,
    ConnectTimedOut,
    HostKeyChanged,
    HostKeyUnknown,
    InvalidParameter,
    LoginError,
    ModeError,
    PycoError,
    RoutesFailed,
    SessionError,
    TooManyOpenFiles,
)
from ..fsm.machine import GROUND
from ..models.checks import wrong
from ..models.endpoint import Endpoint, Route, as_endpoints
from ..transport.outages import Outages

_T = TypeVar("_T")
_Self = TypeVar("_Self", bound="Routed")
# Errors of a hop. A wrong setting, and a full table of this machine, are not errors of the way.
_OF_HOP = (ConnectError, LoginError, ModeError, SessionError)
_EXAMPLE = "Example: [['ssh://ops@bastion1'], ['ssh://ops@bastion2'], []]."


class Routed:
    """A device with one route or several. Its endpoint and its hops are those of the route used last.

    fallbacks: further routes, in order, each with its target: on a console server the device may have another
    address.
    """

    def __init__(self, endpoint: Endpoint, hops: Hops, fallbacks: Iterable[Route]) -> None:
        self._routes: tuple[Route, ...] = ((*as_endpoints(hops), endpoint), *fallbacks)
        self._route = self._routes[0]

    @property
    def endpoint(self) -> Endpoint:
        """Return the device's login."""
        return self._route[-1]

    @property
    def route(self) -> tuple[str, ...]:
        """Return the hops and the device as `protocol://user@host:port`."""
        return tuple(endpoint.address for endpoint in self._route)

    @property
    def hops(self) -> Route:
        """Return the endpoints on the way to the device, in order."""
        return self._route[:-1]

    @hops.setter
    def hops(self, hops: Hops) -> None:
        self._set_routes([(*as_endpoints(hops), self._routes[0][-1])])

    @property
    def routes(self) -> tuple[Route, ...]:
        """Return the hops of each route, in the order in which the routes are tried.

        To set them, assign a list of hop lists. An empty hop list is the direct route.
        """
        return tuple(route[:-1] for route in self._routes)

    @routes.setter
    def routes(self, routes: Iterable[Hops]) -> None:
        self._set_routes(as_routes(self._routes[0][-1], routes))

    def via(self: _Self, hops: Hops) -> _Self:
        """Set the hops and return the device.

        hops: URLs, endpoints or devices, in order, or a single one. Raises EndpointError.
        """
        self.hops = hops
        return self

    def connect_first(self, log_in: Callable[[], _T], is_wanted: Callable[[], bool], outages: Outages) -> _T:
        """Return the result of the login over the first route that works.

        log_in: logs in over the route in use. is_wanted: returns False if the login was cancelled; no further
        route is tried then. outages: routes whose first host did not answer lately are tried last.

        Raises RoutesFailed if no route works, otherwise the error of a login that leads to no further route.
        """
        failures: list[str] = []
        late = [outages.has(route[0]) for route in self._routes]
        for number, route in sorted(enumerate(self._routes, 1), key=lambda entry: late[entry[0] - 1]):
            self._route = route
            try:
                result = log_in()
            except PycoError as exc:
                if isinstance(exc, ConnectTimedOut) and exc.hop == 1 and is_of_way(exc):
                    outages.add(route[0])
                if len(self._routes) == 1 or not is_wanted() or not is_of_way(exc):
                    raise exc.advise(
                        f"Routes tried before: {' '.join(failures)}" if failures else ""
                    ) from None
                order = ", tried last because it did not answer before" if late[number - 1] else ""
                failures.append(f"Route {number}{order}: {type(exc).__name__}: {exc}")
            else:
                outages.remove(route[0])
                return result
        self._route = self._routes[0]
        message = f"All {len(self._routes)} routes failed. {' '.join(failures)}"
        raise RoutesFailed(message, endpoint=str(self.endpoint))

    def _set_routes(self, routes: Iterable[Route]) -> None:
        self._routes = tuple(routes)
        self._route = self._routes[0]


def is_of_way(error: PycoError) -> bool:
    """Return True for an error of the way to a device, False for one of its own login or of the settings."""
    if isinstance(error, TooManyOpenFiles):
        return False
    if error.hop is not None and error.hops is not None and error.hop < error.hops:
        return isinstance(error, _OF_HOP)
    if isinstance(error, (HostKeyUnknown, HostKeyChanged)) or error.state not in ("", GROUND):
        return False  # the host may not be the device, or the login had begun
    if isinstance(error, ConnectionClosed) and not error.state:
        return isinstance(error, ClosedBeforeLogin)  # ssh: often the reaction to wrong passwords
    return isinstance(error, ConnectError)


def as_routes(endpoint: Endpoint, routes: object) -> list[Route]:
    """Return the routes to an endpoint. Raises EndpointError with the position of the route."""
    if isinstance(routes, (str, bytes, Mapping)) or not isinstance(routes, Iterable):
        raise wrong("The routes", "a list of hop lists", routes, _EXAMPLE)
    result: list[Route] = [
        (*as_endpoints(hops, f"Route {place}: "), endpoint) for place, hops in enumerate(routes, 1)
    ]
    if not result:
        raise InvalidParameter("The list of routes is empty.", hint=_EXAMPLE)
    return result


Hop = str | Endpoint | Routed
Hops = Hop | Iterable[Hop]
