"""How geopy's geocoders reach the network here: one request, bounded in time and size.

geopy's own transport waits as long as a ``Retry-After`` says, applies its time limit to each read, follows thirty
redirects and reads bodies of any size; a run of ours must not hang or fill the memory because a server does.
"""

from __future__ import annotations

import http.client
import json
import queue
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from geopy.adapters import AdapterHTTPError, BaseSyncAdapter, get_retry_after
from geopy.exc import GeocoderParseError, GeocoderServiceError, GeocoderTimedOut, GeocoderUnavailable

MAX_BODY = 1_000_000
_PIECE = 16_384

__all__ = ["MAX_BODY", "Transport", "get_retry_after"]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A place name goes to the host that the user named and to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class Transport(BaseSyncAdapter):  # type: ignore[misc]
    """One GET with a total deadline (name look-up included) and at most ``MAX_BODY`` bytes of answer."""

    def __init__(self, *, proxies: Any, ssl_context: Any) -> None:
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=ssl_context), urllib.request.ProxyHandler(proxies), _NoRedirect()
        )

    def get_json(self, url: str, *, timeout: float, headers: dict[str, str]) -> Any:
        """The answer as JSON.

        Raises:
            GeocoderParseError: It is none.
            GeopyError: As ``get_text``.
        """
        text = self.get_text(url, timeout=timeout, headers=headers)
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as error:
            raise GeocoderParseError(f"no JSON: {text[:60]!r}") from error

    def get_text(self, url: str, *, timeout: float, headers: dict[str, str]) -> str:
        """The answer as text.

        The request runs in a thread of its own, because the system's name look-up has no time limit.

        Raises:
            AdapterHTTPError: The server answered with an error.
            GeocoderTimedOut: The whole answer was not there in ``timeout`` seconds.
            GeocoderUnavailable: The host cannot be reached.
            GeocoderServiceError: The answer is too large, or cut off.
        """
        box: queue.SimpleQueue[str | Exception] = queue.SimpleQueue()
        request = urllib.request.Request(url, headers={**headers, "Accept-Encoding": "identity"})  # noqa: S310 - geopy allows http and https only
        end = time.monotonic() + timeout
        threading.Thread(target=self._fetch, args=(request, end, box), daemon=True).start()
        try:
            answer = box.get(timeout=timeout)
        except queue.Empty:
            raise GeocoderTimedOut(f"no whole answer in {timeout:g} s") from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _fetch(self, request: urllib.request.Request, end: float, box: queue.SimpleQueue[str | Exception]) -> None:
        """Put the text, or what went wrong as one of the errors that geopy knows, into ``box``."""
        try:
            box.put(self._read(request, end))
        except urllib.error.HTTPError as error:
            headers = {k.lower(): v for k, v in error.headers.items()}
            text = f"redirected to {headers.get('location')}" if 300 <= error.code < 400 else ""
            error.close()
            box.put(AdapterHTTPError(f"HTTP {error.code} {text}", status_code=error.code, headers=headers, text=""))
        except TimeoutError:
            box.put(GeocoderTimedOut("timed out"))
        except (GeocoderServiceError, GeocoderTimedOut) as error:
            box.put(error)
        except (OSError, urllib.error.URLError) as error:
            box.put(GeocoderUnavailable(str(getattr(error, "reason", error))))
        except (http.client.HTTPException, ValueError) as error:
            box.put(GeocoderServiceError(f"not an HTTP answer ({type(error).__name__})"))

    def _read(self, request: urllib.request.Request, end: float) -> str:
        with self._opener.open(request, timeout=max(0.01, end - time.monotonic())) as page:
            if page.headers.get("Content-Encoding", "identity").lower() not in ("", "identity"):
                raise GeocoderServiceError("a compressed answer that was not asked for")
            body = bytearray()
            while piece := page.read1(_PIECE):
                body += piece
                if len(body) > MAX_BODY:
                    raise GeocoderServiceError(f"more than {MAX_BODY:,} bytes of answer")
                if time.monotonic() > end:
                    raise GeocoderTimedOut("timed out")
            expected = page.headers.get("Content-Length", "")
            if expected.isdigit() and int(expected) > len(body):
                raise GeocoderServiceError("an answer that was cut off")
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise GeocoderParseError("an answer that is not UTF-8") from error
