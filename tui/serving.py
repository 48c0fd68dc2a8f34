"""`greenroom serve`: the same cockpit in a browser, for this machine alone unless one says otherwise."""

import argparse
import hmac
import ipaddress
import os
import secrets
import shlex
import sys
from typing import TYPE_CHECKING

from sandbox.cli.commands import Commands, declare
from sandbox.cli.errors import UsageError
from sandbox.cli.terminal import note

if TYPE_CHECKING:
    from aiohttp import web
    from aiohttp.typedefs import Handler, Middleware

TOKEN = "GREENROOM_TOKEN"
COOKIE = "greenroom_token"


def add(commands: Commands) -> None:
    """Declare the command."""
    parser = declare(
        commands, "serve", says="serve the cockpit to a browser, on this machine alone unless --host says otherwise",
        act=serve, more="greenroom serve\ngreenroom serve --host 0.0.0.0 --port 8000",
    )
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen at (default 127.0.0.1); any other "
                        "than this machine's own asks for a token, which is printed or taken from $GREENROOM_TOKEN")
    parser.add_argument("--port", type=_port, default=8000, help="the port to listen at (default 8000)")
    parser.add_argument("--public-url", metavar="URL", help="where browsers find it, if not at that address")


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text} is no port, 1 to 65535")
    return int(text)


def at_home(host: str) -> bool:
    """Whether an address reaches no other machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(arguments: argparse.Namespace) -> int:
    """Serve until it is interrupted."""
    try:
        from textual_serve.server import Server
    except ImportError:
        raise UsageError("serving needs textual-serve; pip install 'greenroom[serve]'") from None
    token = "" if at_home(arguments.host) else os.environ.get(TOKEN) or secrets.token_urlsafe(24)
    url = arguments.public_url or f"http://{arguments.host}:{arguments.port}"

    class Guarded(Server):
        """Lets in who brings the token, once in the address and then in a cookie."""

        async def _make_app(self) -> "web.Application":
            app = await super()._make_app()
            if token:
                app.middlewares.append(guard(token))
            return app

        async def on_startup(self, app: "web.Application") -> None:
            """Say where it is, and nothing else."""
            note(f"greenroom: at {url}/{f'?token={token}' if token else ''}; ctrl+c ends it")

    Guarded(
        f"{shlex.quote(sys.executable)} -m tui cockpit", host=arguments.host, port=arguments.port,
        title="greenroom", public_url=url,
    ).serve()
    return 0


def guard(token: str) -> "Middleware":
    """Answers 401 to everybody who does not bring the token."""
    from aiohttp import web

    @web.middleware
    async def check(request: "web.Request", handler: "Handler") -> "web.StreamResponse":
        given = request.query.get("token") or request.cookies.get(COOKIE, "")
        if not hmac.compare_digest(given.encode(), token.encode()):
            return web.Response(status=401, text="greenroom: the address must end in ?token=…, as `serve` printed it\n")
        response = await handler(request)
        if "token" in request.query and not response.prepared:
            response.set_cookie(COOKIE, token, httponly=True, samesite="Strict")
        return response

    return check
