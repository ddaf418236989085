"""Find the tweets that are embedded in news articles, and read archives of them.

    import tweetarc
    for embed in tweetarc.detect(["... — Jane Roe (@janeroe) March 5, 2018 ..."]):
        print(embed["index"], embed["handle"], embed["text"])

The command `tweetarc`, which comes with this package, does all the work. It takes tokens for the
services that it asks from the environment, as `tweetarc enrich --help` says; never pass a token as an
argument.
"""
from __future__ import annotations

import atexit
import contextlib
import functools
import io
import json
import os
import pathlib
import queue
import re
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import warnings
import weakref
from typing import IO, TYPE_CHECKING, Any, Generator, Iterable, Iterator, Mapping, NamedTuple, Optional, TypedDict, Union, cast, overload

if sys.platform == "linux":
    import fcntl
if TYPE_CHECKING:
    import pandas

__all__ = ["Embed", "Error", "IncompleteWarning", "Result", "archive", "connect", "detect", "export", "find_command", "run", "to_pandas"]

__version__: str
Path = Union[str, "os.PathLike[str]"]
Names = Union[str, Iterable[str]]


def __getattr__(name: str) -> str:
    if name == "__version__":
        from importlib.metadata import version

        return version("tweetarc")
    raise AttributeError(f"module 'tweetarc' has no attribute {name!r}")


class Error(Exception):
    """The command failed, or is not there. The message is the command's own.

    `returncode` is its exit code: 1 for a failure, 2 for wrong usage, less than 0 if a signal ended
    it, None if it was not run.
    """

    def __init__(self, message: str, returncode: Optional[int] = None):
        super().__init__(message)
        self.returncode = returncode


class IncompleteWarning(UserWarning):
    """Some records or files could not be read. The rest is done.

    `count` says how many. After `detect`, `unreadable` says why, by the index of the article, for
    the first 20 or so.

    It is a warning and not an exception, because an exception at the end of `list(detect(...))`
    would lose all embeds that were found. If nothing may be missing, make it an exception:
    `warnings.simplefilter("error", tweetarc.IncompleteWarning)`.
    """

    def __init__(self, message: str, count: int = 0, unreadable: Optional[dict[int, str]] = None):
        super().__init__(message)
        self.count = count
        self.unreadable = unreadable or {}


class Embed(TypedDict):
    """One place in an article where a tweet is embedded. `tweetarc schema` explains the columns.

    All keys are always there; the value is None if it is not known. (With `keep` or `columns`
    detect gives other keys, and the type is dict[str, Any].)
    """

    index: int  # the position of its article among those given to detect, from 0
    key: str
    tweet_id: Optional[str]  # up to 19 digits: a float would round it
    author: Optional[str]
    handle: Optional[str]
    posted_date: Optional[str]  # YYYY-MM-DD, UTC
    posted_at: Optional[str]  # YYYY-MM-DDTHH:MM:SSZ
    text: Optional[str]
    url: Optional[str]
    form: str
    confidence: float  # 0 to 1
    article_url: Optional[str]
    article_title: Optional[str]
    article_date: Optional[str]  # YYYY-MM-DD
    outlet: Optional[str]
    places: int
    start: int  # in bytes: the embed is text.encode()[start:end].decode()
    end: int
    lag_days: Optional[int]
    words_by: Optional[str]


class Result(NamedTuple):
    """What a run of `archive` did."""

    articles: int  # that were read
    with_tweets: int  # of these articles
    embeds: int
    unchanged: int  # files that were archived before, and not read again
    unreadable: int  # records and files
    tweets: int  # that the archive now holds


# The command


def find_command() -> str:
    """The path of the command: the one that TWEETARC_BIN names, that of this package, or one on PATH."""
    named = os.environ.get("TWEETARC_BIN")
    if named:
        if not os.path.isfile(named) or not os.access(named, os.X_OK):
            problem = "cannot be run" if os.path.isfile(named) else "no such file"
            raise Error(f"TWEETARC_BIN: {named}: {problem} (let it name the command tweetarc, or unset it)")
        return named
    name = "tweetarc" + (sysconfig.get_config_var("EXE") or "")
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    scripts = sysconfig.get_path("scripts")
    user = "nt_user" if os.name == "nt" else "osx_framework_user" if sys.platform == "darwin" and sys._framework else "posix_user"  # type: ignore[attr-defined,unused-ignore]
    folders = [
        os.path.join(here, "bin"),  # pip install --target
        os.path.normpath(os.path.join(here, os.path.relpath(scripts, sysconfig.get_path("purelib")))),  # an environment, --prefix
        scripts,
        sysconfig.get_path("scripts", user),
    ]
    if here == sysconfig.get_path("purelib", user):  # for Windows: elsewhere the second folder has it
        folders.reverse()
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    path = shutil.which("tweetarc") or ""
    if path:
        return path
    raise Error(f"no command {name} in {', '.join(dict.fromkeys(folders))} or on PATH (pip install --force-reinstall tweetarc, or name it in TWEETARC_BIN)")


def run(*args: object, **options: Any) -> subprocess.CompletedProcess[Any]:
    """Runs the command with any arguments: `run("sample", "--n", 200, "-o", "sheet.csv")`.

    It takes the options of `subprocess.run`, and returns the same: `returncode` is the exit code.
    """
    return subprocess.run([find_command(), *map(_argument, args)], **options)


def _argument(value: object) -> str:
    if isinstance(value, (bytes, bytearray)):
        raise TypeError(f"{value!r} is {type(value).__name__}: give a str or a path (os.fsdecode makes one of it)")
    return os.fsdecode(value) if isinstance(value, os.PathLike) else str(value)


def _flags(flags: Mapping[str, object]) -> list[str]:
    """text_field="story" as --text-field=story."""
    words = []
    for name, value in flags.items():
        name = "--" + name.rstrip("_").replace("_", "-")
        if value is None:
            continue
        if isinstance(value, bool):
            words.append(name if value else name + "=false")
            continue
        if name in ("--keep", "--columns"):
            value = _names(cast(Names, value))
            if not value:
                continue
        values = [value] if isinstance(value, (str, bytes, os.PathLike)) or not isinstance(value, Iterable) else value
        words += [f"{name}={_argument(v)}" for v in values]
    return words


def _names(names: Names) -> str:
    return names if isinstance(names, str) else ",".join(names)


def _columns(columns: Names) -> list[str]:
    names = [n.strip() for n in _names(columns).split(",")]
    if "" in names:
        raise ValueError(f"columns: {columns!r} names no column, or an empty one (leave columns out to get all)")
    return names


_running: weakref.WeakSet[Generator[Any, None, None]] = weakref.WeakSet()


def _ended_at_exit(rows: Generator[Any, None, None]) -> Generator[Any, None, None]:
    _running.add(rows)
    return rows


@atexit.register
def _end() -> None:
    """Ends what was left unfinished, while threads can still be waited for."""
    for rows in list(_running):
        with contextlib.suppress(ValueError):  # another thread is using it
            rows.close()


_inputs: weakref.WeakSet[IO[bytes]] = weakref.WeakSet()


def _forked() -> None:
    """In a forked child, as of multiprocessing: it must not keep the command waiting for more input."""
    for stdin in list(_inputs):
        cast(io.BufferedWriter, stdin).raw.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


@contextlib.contextmanager
def _started(arguments: list[str], stdin: int = subprocess.DEVNULL) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """The running command, and the file of what it prints on stderr. At the end the command is gone."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen([find_command(), *arguments], stdin=stdin, stdout=subprocess.PIPE, stderr=said)
        try:
            yield process, said
        finally:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    with contextlib.suppress(OSError):  # some could not be written
                        pipe.close()
            process.wait()


def _finish(process: subprocess.Popen[bytes], said: IO[bytes]) -> str:
    """Waits for the command and gives what it printed on stderr. Raises Error if it failed."""
    code = process.wait()
    said.seek(0)
    text = said.read().decode("utf-8", "replace").strip()
    if code not in (0, 3):
        errors = re.findall(r"^tweetarc: (.*)", text, re.MULTILINE)
        raise Error("\n".join(errors[-20:]) or f"the command ended with code {code}", code)
    return text


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text, re.MULTILINE)
    return int(found[1]) if found else 0


_UNREAD = r"^(\d+) could not be read: "
_UNREAD_BEFORE = r"^(\d+) records? in these files could not be read the last time"


def _reasons(text: str) -> dict[int, str]:
    """The lines of standard input that could not be read, with the cause. Lines with the same cause
    are printed in one: "also in -:4, 7 and 19 other places: the cause"."""
    reasons = {}
    for lines, why in re.findall(r"^tweetarc: (?:also in )?-:([\d, ]+)(?: and .*?)?: (.*)", text, re.MULTILINE):
        reasons.update((int(line), why) for line in lines.split(","))
    return reasons


# Detection

_FULL = 1 << 18  # bytes of articles that are sent together
_SOON = 0.02  # seconds after which they are sent, however few


@overload
def detect(  # pyright: ignore[reportOverlappingOverload]
    articles: Iterable[Union[str, Mapping[str, Any]]], *, keep: tuple[()] = (), text_field: Optional[str] = None, url_field: Optional[str] = None,
    title_field: Optional[str] = None, date_field: Optional[str] = None, outlet_field: Optional[str] = None, columns: None = None,
    links: bool = False, jobs: Optional[int] = None, weights: Optional[Path] = None, max_record: Optional[int] = None,
) -> Iterator[Embed]: ...
@overload
def detect(
    articles: Iterable[Union[str, Mapping[str, Any]]], *, keep: Names = (), text_field: Optional[str] = None, url_field: Optional[str] = None,
    title_field: Optional[str] = None, date_field: Optional[str] = None, outlet_field: Optional[str] = None, columns: Optional[Names] = None,
    links: bool = False, jobs: Optional[int] = None, weights: Optional[Path] = None, max_record: Optional[int] = None,
) -> Iterator[dict[str, Any]]: ...
def detect(
    articles: Iterable[Union[str, Mapping[str, Any]]],
    *,
    keep: Names = (),
    text_field: Optional[str] = None,
    url_field: Optional[str] = None,
    title_field: Optional[str] = None,
    date_field: Optional[str] = None,
    outlet_field: Optional[str] = None,
    columns: Optional[Names] = None,
    links: bool = False,
    jobs: Optional[int] = None,
    weights: Optional[Path] = None,
    max_record: Optional[int] = None,
) -> Iterator[Any]:
    """Yields the embeds of articles as dicts (see Embed), in the order of the articles.

    An article is a str (a text, or a page of HTML) or a mapping (a record: a dict, a sqlite3.Row).
    A record has a text or HTML, and perhaps a title, a URL, a date and an outlet, in fields with
    the usual names, or in those that text_field, url_field, title_field, date_field and
    outlet_field name ("a.b" is b in a). Title, URL and date are read from records, not from the
    head of a page. Values that JSON does not have become text (dates, UUIDs), lists (arrays) or
    null (NA).

    keep        fields of the records that each embed gets too, as text
    columns     only these keys, and index
    links       also tweets that are only linked to
    jobs        how many processors to use (default: all)
    weights     a file of weights, learnt from your own corpus
    max_record  bytes of the longest article that is read (default: 64 MiB)

    Articles are taken one after the other, in the thread of the caller, and memory does not grow
    with their number. So `articles` may be the cursor of a database, or have no end. From a slow
    source, the embeds of an article come before the next article is taken. From a fast one,
    articles are taken until they are 256 KiB, or for 20 milliseconds. If the source then pauses,
    their embeds may come only after the pause.

    What cannot be read (None, a number, bytes, an article that is too long, a record without a
    text) is skipped, and an IncompleteWarning at the end says what it was. A record without a text
    is no error if nothing in it looks like a tweet. Raises Error at the first article if an option
    is wrong, and what `articles` raises.
    """
    if isinstance(articles, (str, bytes, Mapping)):
        raise TypeError("detect takes an iterable of articles: for one article write detect([article])")
    if hasattr(articles, "columns") and hasattr(articles, "to_dict"):  # iterating over it gives the names of its columns
        raise TypeError('detect takes an iterable of articles: of a DataFrame give frame.to_dict("records"), or one column')
    kept = [n.strip() for n in _names(keep).split(",") if n.strip()]
    wanted = [c for c in Embed.__annotations__ if c != "index"] + kept
    if columns is not None:
        wanted = [c for c in _columns(columns) if c != "index"]
    for name in ("file", "record"):
        if name in wanted:
            raise ValueError(f"detect has no column {name}: index says which article it is")
    if "index" in kept:
        raise ValueError("keep: index is the position of the article: give the field another name")
    if max_record is not None and max_record < 1000:
        raise ValueError("max_record must be at least 1000")
    flags = _flags({
        "quiet": True, "format": "jsonl", "columns": [*wanted, "record"] if columns is not None else None, "keep": kept,
        "text_field": text_field, "url_field": url_field, "title_field": title_field, "date_field": date_field, "outlet_field": outlet_field,
        "links": links, "jobs": jobs, "weights": weights, "max_record": max_record,
    })
    return _ended_at_exit(_detect(articles, ["detect", *flags, "-"], text_field or "text", ["index", *wanted]))


def _detect(articles: Iterable[object], arguments: list[str], text_field: str, names: list[str]) -> Generator[dict[str, Any], None, None]:
    # The input begins with two lines without a tweet, so that the command reads it as JSON lines.
    # Article i is line 3+2i. The line after it is blank, or a mark: a tweet of our own. When the
    # embed of the mark comes, all embeds before it have come.
    waiting = 2 * (_record({text_field: ""}) + b"\n")
    mark = _record({text_field: "-\n\n- — - (@tweetarc) May 1, 2020"}) + b"\n"
    taken = 0
    refused: dict[int, str] = {}
    refusals = 0
    answers: queue.SimpleQueue[Optional[bytes]] = queue.SimpleQueue()
    source = iter(articles)
    with _started(arguments, subprocess.PIPE) as (process, said), _hearing(process, answers):
        stdin = cast(IO[bytes], process.stdin)
        _inputs.add(stdin)
        if sys.platform == "linux":  # room for more, so that both are at work
            with contextlib.suppress(OSError):
                fcntl.fcntl(stdin, 1031, 4 * _FULL)  # F_SETPIPE_SZ, which Python 3.9 does not name
        limit, more, alive, slow, broken = 1, True, True, False, False
        while more and alive:
            batch, size, began = [waiting], 0, time.monotonic()
            waiting = b""
            more = False
            for article in source:
                try:
                    line = _record({text_field: article} if isinstance(article, str) else article)
                except (TypeError, ValueError, RecursionError) as e:
                    line = b""
                    refusals += 1
                    if len(refused) < 20:
                        refused[taken] = str(e)
                taken += 1
                batch += (line, b"\n", b"\n")
                size += len(line) + 2
                slow = time.monotonic() - began > _SOON
                if size >= limit or slow:
                    more = True
                    break
            wait = more and (slow or size < _FULL)
            if wait:
                batch[-1] = mark
            try:
                stdin.write(b"".join(batch))
                stdin.flush()
                if not more:
                    stdin.close()
            except OSError:  # the command has ended
                broken, more = True, False
            while True:
                try:
                    answer = answers.get(wait or not more)
                except queue.Empty:
                    break
                if answer is None:
                    alive = False
                    break
                row = json.loads(answer)
                index, marked = divmod(row.pop("record") - 3, 2)
                if marked:
                    break
                row.pop("file", None)
                embed = dict.fromkeys(names)
                embed["index"] = index
                embed.update(row)
                yield embed
            limit = 1 if slow else min(2 * max(size, limit), _FULL)
        text = _finish(process, said)
        if broken or more:
            raise Error(f"the command ended before the articles did: {text}", process.returncode)
        unread = _number(_UNREAD, text)
        if unread + refusals:
            reasons = {(line - 3) // 2: why for line, why in _reasons(text).items()}
            reasons.update(refused)
            shown = "".join(f"\n  {i}: {reasons[i]}" for i in sorted(reasons)[:20])
            warnings.warn(IncompleteWarning(f"{unread + refusals} of {taken} articles could not be read, by their index:{shown}", unread + refusals, reasons), stacklevel=2)


@contextlib.contextmanager
def _hearing(process: subprocess.Popen[bytes], answers: queue.SimpleQueue[Optional[bytes]]) -> Iterator[None]:
    """Reads what the command prints while we write to it, so that neither waits for the other forever."""

    def hear() -> None:
        with cast(IO[bytes], process.stdout) as stdout:
            for line in stdout:
                if line.endswith(b"\n"):  # else the command was killed
                    answers.put(line)
        answers.put(None)

    thread = threading.Thread(target=hear, name="tweetarc", daemon=True)
    thread.start()
    try:
        yield
    finally:
        process.kill()
        if thread is not threading.current_thread():  # the garbage collector may run in any thread
            thread.join()


def _record(article: object) -> bytes:
    """An article as a line of JSON, without the line feed."""
    if not isinstance(article, dict):
        if not hasattr(article, "keys"):
            hint = ": decode them first" if isinstance(article, (bytes, bytearray, memoryview)) else ""
            raise TypeError(f"{type(article).__name__}, neither a text nor a record{hint}")
        article = dict(cast(Mapping[str, object], article))
    try:
        return b"{" + b",".join([_name(k) + (_string(v) if type(v) is str else _json(v).encode()) for k, v in article.items()]) + b"}"
    except UnicodeEncodeError:  # half of a surrogate pair
        return _json(article).encode()


def _string(s: str) -> bytes:
    """A JSON string, made three times as fast as by json. The command accepts other control characters as they are."""
    return b'"' + s.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\n", b"\\n") + b'"'


@functools.lru_cache(1000)
def _name(key: object) -> bytes:
    return _json({key: 0})[1:-2].encode()


def _plain(value: Any) -> object:
    """A value that JSON does not have, as one that it has."""
    kind: Any = type(value)
    if kind.__name__ in ("NAType", "NaTType"):
        return None
    if isinstance(value, (bytes, bytearray, memoryview)):
        raise TypeError(f"a value is {kind.__name__}: decode it first")
    for method in ("isoformat", "tolist"):  # days and times; arrays and their numbers
        if hasattr(value, method):
            return getattr(value, method)()
    if hasattr(value, "keys"):
        return dict(value)
    if kind.__str__ is object.__str__:
        raise TypeError(f"a value is {kind.__name__}, which has no form in JSON")
    return str(value)


_json = json.JSONEncoder(default=_plain).encode


# Archives


def archive(paths: Union[Path, Iterable[Path]], *, db: Path = "tweets.db", **flags: object) -> Result:
    """Finds the tweets in files, folders and URLs, and saves them in the archive `db`.

    Flags are those of `tweetarc archive --help`, with _ for -: `keep=["section"]`,
    `text_field="story"`, `count_all=True`, `from_="2018-01-01"`, `include=["*.html", "*.txt"]`.

    Files that were archived before and have not changed are not read again. Ctrl-C saves what was
    read; the same call goes on from there. If there are more paths than a command line holds, write
    them into a file, one a line: `archive([], paths_from="list.txt")`. `run("archive", ...)` shows
    progress. What cannot be read is counted, and an IncompleteWarning says what it was. Raises Error
    with the command's message.
    """
    if isinstance(paths, (str, bytes, os.PathLike)):
        paths = [paths]
    with _started(["archive", *_flags({"quiet": True, "db": db, **flags}), "--", *map(_argument, paths)]) as (process, said):
        try:
            process.wait()
        except KeyboardInterrupt:
            try:
                process.wait(2)  # a terminal sends the signal to the command too; a second one would cut it short
            except subprocess.TimeoutExpired:
                process.terminate()
                process.wait()
            raise
        text = _finish(process, said)
    result = Result(
        _number(r"^(\d+) articles?, \d+ with tweets", text), _number(r"^\d+ articles?, (\d+) with tweets", text), _number(r"with tweets, (\d+) embeds?$", text),
        _number(r"^(\d+) files? unchanged", text), _number(_UNREAD, text) + _number(_UNREAD_BEFORE, text), _number(r" now holds (\d+) tweets?$", text),
    )
    if process.returncode == 3:
        warnings.warn(IncompleteWarning("\n".join(re.findall(r"^tweetarc: (.*)", text, re.MULTILINE)), result.unreadable), stacklevel=2)
    return result


def connect(db: Path = "tweets.db", *, readonly: bool = True) -> sqlite3.Connection:
    """Opens an archive with sqlite3. Its rows are sqlite3.Row. Raises Error if there is no archive."""
    if not os.path.isfile(db):
        raise Error(f"{os.fspath(db)}: no such archive (make one with tweetarc.archive)")
    uri = pathlib.Path(os.path.abspath(db)).as_uri()
    if not uri.startswith("file:///"):  # a share on Windows
        uri = uri.replace("file://", "file:////", 1)
    modes = ["ro", "ro&immutable=1"] if readonly else ["rw"]
    if os.path.exists(os.fspath(db) + "-wal"):
        modes = modes[:1]  # a part of the archive is in that file
    failure: Optional[sqlite3.Error] = None
    for mode in modes:  # the second one is for where SQLite cannot make its lock file
        connection = sqlite3.connect(f"{uri}?mode={mode}", uri=True)
        try:
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.Error as e:
            connection.close()
            failure = e
            if "unable to open" in str(e) or "readonly" in str(e):
                continue
            break
        if application != 0x74776172:
            connection.close()
            raise Error(f"{os.fspath(db)}: an SQLite file, but not an archive of tweetarc")
        connection.row_factory = sqlite3.Row
        return connection
    raise Error(f"{os.fspath(db)}: {failure}") from failure


def export(db: Path = "tweets.db", query: str = "", *, of: str = "tweets", columns: Optional[Names] = None, **flags: object) -> Iterator[dict[str, Any]]:
    """Yields a dict for each tweet of an archive, or for each of its "embeds", "places" or "verdicts".

    The keys are the columns of `tweetarc schema`, or `columns`; the value is None if it is not
    known. Kept fields, and what `with_api=True` adds, are keys only if they are known. A query is
    one of `tweetarc search`: "bridge from:janeroe since:2018-03". Flags are those of `tweetarc
    export --help`, except those that say how a file is written. Raises Error with the command's
    message.
    """
    for name in ("format", "excel", "with_schema", "output", "o"):
        if name in flags:
            raise TypeError(f'export yields dicts, and takes no {name}: run("export", "--db", {os.fspath(db)!r}, "-o", FILE) writes a file')
    names = _columns(columns) if columns is not None else [] if of == "verdicts" else list(_schema().get(of, ()))
    arguments = ["export", *_flags({"db": db, "of": of, "format": "jsonl", "columns": names if columns is not None else None, **flags}), "--", *([query] if query else [])]
    return _ended_at_exit(_export(arguments, names))


def _export(arguments: list[str], names: list[str]) -> Generator[dict[str, Any], None, None]:
    with _started(arguments) as (process, said):
        for line in cast(IO[bytes], process.stdout):
            if not line.endswith(b"\n"):  # the command was killed
                break
            row: dict[str, Any] = dict.fromkeys(names)
            row.update(json.loads(line))
            yield row
        _finish(process, said)


@functools.lru_cache(1)
def _schema() -> dict[str, dict[str, str]]:
    """The kinds of the columns, by table (tweets, embeds, ...) and name."""
    with _started(["schema"]) as (process, said):
        printed = cast(IO[bytes], process.stdout).read().decode()
        _finish(process, said)
    tables: dict[str, dict[str, str]] = {}
    for line in printed.splitlines():
        column = re.match(r"  (\w+) +(\w+) ", line)
        if not line.startswith(" "):
            tables[line] = {}
        elif column:
            tables[list(tables)[-1]][column[1]] = column[2]
    return tables


def to_pandas(source: Union[Path, Iterable[Mapping[str, Any]]] = "tweets.db", query: str = "", **options: Any) -> pandas.DataFrame:
    """A DataFrame of what `export` yields, with the same arguments, or of the dicts of `detect`.

    Text, IDs and kept fields have the dtype string, counts and positions Int64, confidence float64,
    days datetime64[ns] at midnight, times datetime64[ns, UTC]. NA or NaT means not known, and NaT
    also a day before 1678 or after 2261. It needs pandas 1.3 or newer.
    """
    try:
        import pandas
    except ImportError as e:
        raise ImportError("to_pandas needs pandas: pip install pandas") from e
    names: Optional[list[str]] = None
    if isinstance(source, (str, os.PathLike)):
        if options.get("columns") is not None:
            options["columns"] = _columns(options["columns"])
        rows: list[Any] = list(export(source, query, **options))
        if not rows:
            names = options.get("columns") or list(_schema()[options.get("of", "tweets")])
    elif query or options:
        raise TypeError("to_pandas takes a query and options only for an archive, not for dicts")
    else:
        rows = list(source)
        if not rows:  # the columns of detect
            names = list(Embed.__annotations__)
    frame: Any = pandas.DataFrame(rows, columns=names)
    kinds = {"index": "int"}
    for table in _schema().values():
        kinds.update(table)
    for name in frame.columns:
        kind = kinds.get(name)
        if kind in ("text", "id") or kind is None and pandas.api.types.infer_dtype(frame[name], skipna=True) == "string":
            frame[name] = frame[name].astype("string")
        elif kind == "int":
            frame[name] = frame[name].astype("Int64")
        elif kind == "number":
            frame[name] = frame[name].astype("float64")
        elif kind in ("day", "time"):
            zone = "UTC" if kind == "time" else None
            form = "%Y-%m-%dT%H:%M:%SZ" if zone else "%Y-%m-%d"
            times: Any = pandas.to_datetime(frame[name], errors="coerce", utc=bool(zone), format=form)
            known = times.between(pandas.Timestamp("1678-01-01", tz=zone), pandas.Timestamp("2261-12-31", tz=zone))  # which nanoseconds can hold
            frame[name] = times.where(known).astype(f"datetime64[ns, {zone}]" if zone else "datetime64[ns]")
    return cast("pandas.DataFrame", frame)
