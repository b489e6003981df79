"""Names no one expects, and inputs that are no recording at all."""

from __future__ import annotations

import os
import shutil
import socket
import wave
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from PIL import Image

from validation.hostile.case import Attack, Case, Kit, Make, measure_args

__all__ = ["NAMES", "cases"]

NAMES = {
    "not_utf8": os.fsdecode(b"caf\xe9 \xff.mp4"),
    "very_long": "n" * 251 + ".mp4",
    "very_long_utf8": "名" * 83 + ".mp4",
    "line_break": "two\nlines.mp4",
    "carriage_return": "over\rwritten.mp4",
    "escape": "\x1b[31mred\x1b[0m.mp4",
    "bell": "ring\a.mp4",
    "dash": "-v.mp4",
    "double_dash": "--json.mp4",
    "only_dash_dash": "--help",
    "markup": "[bold]x [red] [][/].mp4".replace("/", "∕"),
    "html": "<b>alert(1)<&>'\".mp4",
    "markdown": "*a* _b_ `c` $d$ :smile: [x](y).mp4",
    "percent": "clip%03d.mp4",
    "percent_s": "%s%s%n.mp4",
    "braces": "{0}{self}.mp4",
    "colon": "http:clip.mp4",
    "file_colon": "file:clip.mp4",
    "concat": "concat:a|b.mp4",
    "pipe": "pipe:0",
    "data": "data:,x.mp4",
    "space": " .mp4",
    "ends_in_space": "clip.mp4 ",
    "dots": "...mp4",
    "hidden": ".mp4",
    "no_ending": "clip",
    "backslash": "a\\b.mp4",
    "star": "*.mp4",
    "emoji": "🦵🏽‍♀️.mp4",
    "right_to_left": "\u202e4pm.evil\u202c.mp4",
    "combining": "e\u0301\u0323" * 20 + ".mp4",
    "arabic": "الورك.mp4",
    "nul_like": "a\u2400b.mp4",
    "quotes": '"a\'b".mp4',
    "semicolon": "a;b&c|d$(e).mp4",
    "tilde": "~root.mp4",
    "comma": "=cmd|'x'!A1,b.mp4",
}


def _named(name: str) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        shutil.copy(kit.clip, folder / name)
        outs = {"out.json", "out.csv", "out.npz", "out.mp4"}
        first = measure_args(name, "--csv", "out.csv", "--track", "out.npz", "--overlay", "out.mp4")
        save = measure_args(name, "--save", "--person", "Ana", "--keep-video", json="")
        report = ["sessions", "report", "1", "--pdf", "r.pdf", "--html", "r.html", "--csv", "r.csv", "--fhir", "r.json"]
        commands = [first, ["person", "add", "Ana"], save, ["sessions", "show", "1"], report]
        reports = {"r.pdf", "r.html", "r.csv", "r.json"}
        return Attack(commands, folder, outs | reports, allowed=(0,))

    return make


def _as_output(name: str) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        shutil.copy(kit.clip, folder / "clip.mp4")
        return Attack([measure_args("clip.mp4", f"--csv={name}", f"--track={name}x", json=name + "y")], folder,
                      {name, name + "x", name + "y"}, allowed=(0, 2))  # fmt: skip

    return make


def _input(build: Callable[[Path, Kit], str]) -> Make:
    def make(folder: Path, kit: Kit, _chance: Random) -> Attack:
        name = build(folder, kit)
        commands = [
            measure_args(name),
            ["screen", "--model", "full", "--", name],
            ["sessions", "import", "--", name],
            ["calibrate", "--name", "mine", "--", name],
        ]
        return Attack(commands, folder, landmarks=False, allowed=(2, 3))

    return make


def _write(name: str, data: bytes) -> Callable[[Path, Kit], str]:
    def build(folder: Path, _kit: Kit) -> str:
        (folder / name).write_bytes(data)
        return name

    return build


def _pipe(folder: Path, _kit: Kit) -> str:
    os.mkfifo(folder / "clip.mp4")
    return "clip.mp4"


def _socket(folder: Path, _kit: Kit) -> str:
    here = Path.cwd()
    os.chdir(folder)  # a socket's path must be short
    server = socket.socket(socket.AF_UNIX)
    server.bind("clip.mp4")
    server.close()
    os.chdir(here)
    return "clip.mp4"


def _loop(folder: Path, _kit: Kit) -> str:
    (folder / "clip.mp4").symlink_to("clip.mp4")
    return "clip.mp4"


def _dangling(folder: Path, _kit: Kit) -> str:
    (folder / "clip.mp4").symlink_to("nothing.mp4")
    return "clip.mp4"


def _folder(folder: Path, _kit: Kit) -> str:
    (folder / "clip.mp4").mkdir()
    return "clip.mp4"


def _picture(ending: str) -> Callable[[Path, Kit], str]:
    def build(folder: Path, _kit: Kit) -> str:
        Image.new("RGB", (400, 300), (90, 120, 60)).save(folder / f"clip.{ending}")
        return f"clip.{ending}"

    return build


def _sound(folder: Path, _kit: Kit) -> str:
    with wave.open(str(folder / "clip.wav"), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(bytes(32_000))
    return "clip.wav"


def _zip(folder: Path, kit: Kit) -> str:
    with zipfile.ZipFile(folder / "clip.zip", "w") as out:
        out.write(kit.clip, "clip.mp4")
    return "clip.zip"


def _playlist(text: str, name: str) -> Callable[[Path, Kit], str]:
    def build(folder: Path, kit: Kit) -> str:
        shutil.copy(kit.clip, folder / "other.mp4")
        (folder / name).write_text(text)
        return name

    return build


_M3U8 = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{}\n#EXT-X-ENDLIST\n"
_SDP = (
    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
)

_INPUTS: dict[str, Callable[[Path, Kit], str]] = {
    "missing": lambda folder, kit: "nothing.mp4",
    "empty": _write("clip.mp4", b""),
    "one_byte": _write("clip.mp4", b"\0"),
    "text": _write("clip.mp4", b"hello, I am no video\n" * 50),
    "zeros": _write("clip.mp4", bytes(100_000)),
    "ones": _write("clip.avi", b"\xff" * 100_000),
    "pipe": _pipe,
    "socket": _socket,
    "loop": _loop,
    "dangling": _dangling,
    "folder": _folder,
    "jpeg": _picture("jpg"),
    "png": _picture("png"),
    "bmp": _picture("bmp"),
    "sound": _sound,
    "zip": _zip,
    "too_long_name": lambda folder, kit: "n" * 5000,
    "too_deep": lambda folder, kit: "a/" * 1500 + "b",
    "empty_name": lambda folder, kit: "",
    "dot": lambda folder, kit: ".",
    "dash": lambda folder, kit: "-",
    "playlist_file": _playlist(_M3U8.format("other.mp4"), "clip.m3u8"),
    "playlist_as_mp4": _playlist(_M3U8.format("http://127.0.0.1:9/other.mp4"), "clip.mp4"),
    "playlist_net": _playlist(_M3U8.format("http://127.0.0.1:9/other.ts"), "clip.m3u8"),
    "concat_list": _playlist("ffconcat version 1.0\nfile other.mp4\n", "clip.ffconcat"),
    "session_description": _playlist(_SDP, "clip.sdp"),
    "subtitles": _write("clip.srt", b"1\n00:00:00,000 --> 00:00:09,000\nhello\n"),
    "svg": _write("clip.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><image href='other.mp4'/></svg>"),
    "tar": _write("clip.mp4", b"ustar\0" + bytes(10_240)),
    "ftyp_only": _write("clip.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
    "box_of_4_gb": _write("clip.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\xff\xff\xff\xffmoov" + bytes(100)),
    "ebml_only": _write("clip.mkv", b"\x1a\x45\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff"),
}


def cases() -> Iterator[Case]:
    """Yield the attacks of this kind."""
    for name, file in NAMES.items():
        yield Case(f"name/{name}", _named(file))
    for name in ("not_utf8", "line_break", "markup", "percent", "colon", "dots", "very_long", "tilde", "emoji"):
        yield Case(f"name/output_{name}", _as_output(NAMES[name]))
    for name, build in _INPUTS.items():
        yield Case(f"input/{name}", _input(build))
