"""A signed-in device is called by what its owner recognises, never by the raw text of its browser."""

import pytest

from zhengyou.site.devices import device

PHONE = "Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (PHONE, "Chrome · Android"),
        (PHONE + " MicroMessenger/8.0", "微信 · Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/119.0 Safari/537.36 Edg/119.0", "Edge · Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1",
            "Safari · iPhone",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", "Firefox · Linux"),
        ("curl/8.5.0", "未知的设备"),
        ("", "未知的设备"),
    ],
)
def test_a_device_is_called_by_browser_and_system(agent, words):
    assert device(agent) == words
