"""In a real browser the served cockpit shows its library, and a key works; without the token nobody is let in."""

import asyncio
import base64
import json
import os
import shutil
import socket
import subprocess
import sys
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def served(*more, **env):
    port = free_port()
    command = [sys.executable, "-m", "tui", "serve", "--port", str(port), *more]
    with subprocess.Popen(command, env=os.environ | env, stderr=subprocess.DEVNULL) as server:
        try:
            yield f"http://127.0.0.1:{port}/"
        finally:
            server.terminate()


async def answered(url, *, tries=480):
    async with aiohttp.ClientSession() as client:
        for _ in range(tries):
            try:
                async with client.get(url) as response:
                    return response.status
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.25)
    raise AssertionError("the server never answered")


class Tab:
    """A page of the browser, spoken to by its own protocol."""

    def __init__(self, socket_):
        self.socket, self.number = socket_, 0

    async def do(self, method, **parameters):
        self.number += 1
        await self.socket.send_json({"id": self.number, "method": method, "params": parameters})
        async for message in self.socket:
            told = json.loads(message.data)
            if told.get("id") == self.number:
                return told["result"]
        raise AssertionError("the browser hung up")

    async def picture(self):
        return base64.b64decode((await self.do("Page.captureScreenshot"))["data"])

    async def press(self, key):
        known = {"key": key, "code": f"Key{key.upper()}", "windowsVirtualKeyCode": ord(key.upper())}
        await self.do("Input.dispatchKeyEvent", type="keyDown", text=key, **known)
        await self.do("Input.dispatchKeyEvent", type="keyUp", **known)

    async def click(self, x, y):
        for kind in ("mousePressed", "mouseReleased"):
            await self.do("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)


@asynccontextmanager
async def tab_at(url, folder):
    port = free_port()
    browser = await asyncio.create_subprocess_exec(
        CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        f"--remote-debugging-port={port}", f"--user-data-dir={folder}", "--window-size=1200,800", url,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await answered(f"http://127.0.0.1:{port}/json")
        async with aiohttp.ClientSession() as client:
            async with client.get(f"http://127.0.0.1:{port}/json") as response:
                pages = [one for one in await response.json() if one["type"] == "page"]
            async with client.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket_:
                yield Tab(socket_)
    finally:
        browser.terminate()
        await browser.wait()


async def changed(tab, before, *, tries=80):
    """The picture once it differs from another and has settled."""
    last = before
    for _ in range(tries):
        await asyncio.sleep(0.25)
        now = await tab.picture()
        if now != before and now == last:
            return now
        last = now
    raise AssertionError("nothing changed in the browser")


@pytest.mark.proof
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
async def test_the_library_shows_and_a_key_works(tmp_path):
    preferences = tmp_path / "config" / "greenroom" / "cockpit.toml"
    preferences.parent.mkdir(parents=True)
    preferences.write_text("seen_lesson = true\n")  # whoever starts for the first time is offered the lesson
    with served(XDG_DATA_HOME=str(tmp_path / "data"), XDG_CONFIG_HOME=str(tmp_path / "config")) as url:
        assert await answered(url) == 200
        async with tab_at(url, tmp_path / "browser") as tab:
            await changed(tab, await tab.picture())
            await asyncio.sleep(5)
            library = await tab.picture()
            if folder := os.environ.get("GREENROOM_PICTURES"):
                (Path(folder) / "browser.png").write_bytes(library)
            await tab.click(900, 500)
            await tab.press("t")
            light = await changed(tab, library)
    assert light != library
    kept = preferences.read_text()
    assert 'theme = "greenroom-light"' in kept, "the key reached the cockpit, which keeps the theme it took"


async def test_beyond_this_machine_nobody_is_let_in_without_the_token():
    with served("--host", "0.0.0.0", GREENROOM_TOKEN="open sesame") as url:
        assert await answered(url) == 401
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
            async with client.get(f"{url}?token=wrong") as response:
                assert response.status == 401
            async with client.get(url, params={"token": "open sesame"}) as response:
                assert response.status == 200
            async with client.get(url) as response:
                assert response.status == 200, "the cookie lets in"
