"""A made-up GeoNames dump of any size, built, looked up and killed: ``python -m benchmarks.gazetteer_build``.

The whole world is ``--rows 13000000 --names 18000000``; the names are syllables, spread over countries, classes,
scripts and languages about as GeoNames' are. Nothing of it is real.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from mapper.gazetteer import Gazetteer
from mapper.text import normalise

ONSETS = ["b", "d", "f", "g", "h", "j", "k", "kh", "l", "m", "n", "q", "r", "s", "sh", "t", "w", "y", "z", "br", "st"]
VOWELS = ["a", "e", "i", "o", "u", "ai", "ou", "ee"]
FIRST = [
    "San",
    "Santa",
    "Kafr",
    "Tall",
    "Ain",
    "Al",
    "Nova",
    "Upper",
    "New",
    "Wadi",
    "Jabal",
    "Bani",
    "Saint",
    "Rancho",
]
ARABIC = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
CYRILLIC = "абвгдежзиклмнопрстуфхцчшюя"
# Feature codes by about how many of a thousand GeoNames rows have them; V and U are there to be left out.
KINDS = {("P", "PPL"): 380, ("P", "PPLX"): 15, ("P", "PPLA3"): 5, ("H", "STM"): 150, ("S", "FRM"): 80, ("S", "SCH"): 90,
         ("S", "HTL"): 40, ("T", "MT"): 60, ("T", "HLL"): 70, ("L", "LCTY"): 25, ("A", "ADM2"): 4, ("A", "ADM3"): 15,
         ("A", "ADM4"): 25, ("R", "RD"): 10, ("V", "FRST"): 25, ("U", "SMU"): 6}  # fmt: skip
COUNTRIES = [
    "US",
    "CN",
    "IN",
    "MX",
    "ID",
    "RU",
    "NO",
    "PK",
    "IR",
    "BR",
    "TR",
    "NG",
    "ET",
    "YE",
    "SD",
    "SY",
    "IQ",
    "LY",
    "DZ",
    "MA",
    "EG",
    "AF",
    "ML",
    "NE",
    "TD",
    "CD",
    "SO",
    "KE",
    "UA",
    "DE",
    "FR",
    "PL",
    "ES",
    "TH",
    "VN",
]
LANGUAGES = ["en", "ar", "fr", "ru", "fa", "es", "de", "uk", "tr", "zh", "ja", "link", "post", "", "wkdt"]


def _word(dice: random.Random) -> str:
    return "".join(dice.choice(ONSETS) + dice.choice(VOWELS) for _ in range(dice.randint(2, 4)))


def generate(folder: Path, rows: int, names: int, seed: int = 1) -> None:
    """Write allCountries.txt, alternateNamesV2.txt, code files and hierarchy.txt of that many rows."""
    dice = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    words = [_word(dice).capitalize() for _ in range(min(2_000_000, rows // 4 + 100))]
    arabic = ["".join(dice.choice(ARABIC) for _ in range(dice.randint(3, 7))) for _ in range(100_000)]
    cyrillic = ["".join(dice.choice(CYRILLIC) for _ in range(dice.randint(4, 9))) for _ in range(100_000)]
    kinds = [k for k, n in KINDS.items() for _ in range(n)]
    weights = [1 / (i + 3) for i in range(len(COUNTRIES))]
    countries = dice.choices(COUNTRIES, weights, k=5000)
    with (folder / "allCountries.txt").open("w", encoding="utf-8") as file:
        for number in range(rows):
            r = dice.random()
            # A third are single words, which repeat as real names do; the rest two words.
            word = words[int(len(words) * r * r)]
            name = word if r < 0.35 else f"{FIRST[int(r * 977) % len(FIRST)]} {word}"
            ascii_name, name = name, (name.replace("a", "ā", 1) if number % 4 == 0 else name)
            letter, code = kinds[int(dice.random() * len(kinds))]
            country = countries[number % 5000]
            people = int(10 ** (dice.random() * 5)) if letter == "P" and r < 0.3 else 0
            lat, lon = 160 * dice.random() - 80, 360 * dice.random() - 180
            a1, a2 = f"{number % 30 + 1:02d}", str(number % 1000)
            file.write(
                f"{2 * number + 11}\t{name}\t{ascii_name}\t{ascii_name},{word}\t{lat:.5f}\t{lon:.5f}\t{letter}\t{code}\t{country}"
                f"\t\t{a1}\t{a2}\t\t\t{people}\t\t300\tAfrica/Tripoli\t2024-01-01\n"
            )
    with (folder / "alternateNamesV2.txt").open("w", encoding="utf-8") as file:
        for number in range(names):
            language = LANGUAGES[int(dice.random() * len(LANGUAGES))]
            r = dice.random()
            if language in ("ar", "fa"):
                name = arabic[int(100_000 * r)]
            elif language in ("ru", "uk"):
                name = cyrillic[int(100_000 * r)]
            else:
                name = f"{words[int(len(words) * r)]} {FIRST[number % len(FIRST)]}"
            identifier = 2 * int(dice.random() * rows) + 11
            preferred = "1" if r < 0.1 else ""
            file.write(f"{number + 1}\t{identifier}\t{language}\t{name}\t{preferred}\t\t\t\t\t\n")
    with (folder / "admin1CodesASCII.txt").open("w", encoding="utf-8") as file:
        file.writelines(f"{c}.{i:02d}\tUnit {c} {i}\tUnit {c} {i}\t{i}\n" for c in COUNTRIES for i in range(1, 31))
    with (folder / "hierarchy.txt").open("w", encoding="utf-8") as file:
        file.writelines(f"{2 * (i // 7) + 11}\t{2 * i + 11}\tADM\n" for i in range(rows // 26))


def _command(folder: Path, own: Path) -> list[str]:
    return [sys.executable, "-m", "mapper", "gazetteer", "build", str(folder), "--additions", str(own)]


def build(folder: Path, own: Path) -> None:
    """Build in a process of its own, and print its time and memory."""
    start = time.perf_counter()
    process = subprocess.Popen(_command(folder, own))
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    size = (own / "geonames.bin").stat().st_size
    cpu = usage.ru_utime + usage.ru_stime
    print(f"build: {seconds / 60:.1f} minutes ({cpu / 60:.1f} of one core), {usage.ru_maxrss / 1024:,.0f} MB at most")
    print(f"exit {status}, {size / 1e6:,.0f} MB", flush=True)


def look_up(folder: Path, own: Path, count: int = 20_000) -> None:
    """Look up names of random rows, each once, in a gazetteer that was just opened."""
    start = time.perf_counter()
    gazetteer = Gazetteer.open(None, own)
    print(f"open: {1000 * (time.perf_counter() - start):.0f} ms")
    dice, names = random.Random(2), []
    size = (folder / "allCountries.txt").stat().st_size
    with (folder / "allCountries.txt").open("rb") as file:
        for _ in range(count):
            file.seek(int(dice.random() * (size - 1000)))
            file.readline()
            cells = file.readline().decode("utf-8").split("\t")
            if cells[6] not in "UV":
                names.append((cells[1], cells[8]))
    for label, inside in (("in the world", False), ("in its country", True)):
        for read in (False, True):
            # Each name for the first time: a gazetteer that was just opened remembers none.
            gazetteer, times = Gazetteer.open(None, own), []
            for name, code in names:
                start = time.process_time()
                found = gazetteer.lookup(name, country=code if inside else None)
                if read:
                    _ = [(p.name, p.lat, p.lon) for p in found]
                times.append(time.process_time() - start)
                assert found, name
            times.sort()
            middle, high = times[len(times) // 2], times[int(0.99 * len(times))]
            what = f"look-up {label}{', every field of every place read' if read else ''}"
            mean = sum(times) / len(times)
            print(f"{what}: {1e6 * mean:.0f} µs on average, {1e6 * middle:.0f} half, {1e6 * high:.0f} of 99 in 100")
    start = time.perf_counter()
    for name, _ in names:
        gazetteer.known(normalise(name))
    print(f"known: {1e6 * (time.perf_counter() - start) / len(names):.1f} µs on average")


def kill(folder: Path, own: Path, times: int) -> None:
    """Kill builds at random moments; the older gazetteer must open, be whole and be the same each time."""
    start = time.perf_counter()
    subprocess.run(_command(folder, own), check=True, capture_output=True)
    seconds = time.perf_counter() - start
    before, dice, killed = (own / "geonames.bin").read_bytes(), random.Random(3), 0
    for _ in range(times):
        process = subprocess.Popen(_command(folder, own), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds * dice.random())
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            killed += 1
        process.wait()
        Gazetteer.open(None, own).verify()
        assert (own / "geonames.bin").read_bytes() == before
    left = [p.name for p in own.iterdir() if p.name != "geonames.bin"]
    subprocess.run(_command(folder, own), check=True, capture_output=True)
    after = [p.name for p in own.iterdir() if p.name != "geonames.bin"]
    print(
        f"killed {killed} of {times} builds: the older one opened, whole, each time; left behind {len(left)}, then {len(after)}"
    )


def main() -> None:
    """Generate, build, look up, kill; print each figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--names", type=int, default=1_400_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--folder", type=Path, help="where the dump is kept (default: a folder that goes again)")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp())
    try:
        start = time.perf_counter()
        if not (folder / "dump").exists():
            generate(folder / "dump", options.rows, options.names)
        print(
            f"{options.rows:,} rows and {options.names:,} names made: {time.perf_counter() - start:.0f} s", flush=True
        )
        build(folder / "dump", folder / "own")
        look_up(folder / "dump", folder / "own")
        if options.kills:
            if not (folder / "small").exists():
                generate(folder / "small", 50_000, 70_000)
            kill(folder / "small", folder / "killed", options.kills)
    finally:
        if options.folder is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
