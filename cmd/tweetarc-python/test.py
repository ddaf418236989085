"""Tests the module with the real command, in an environment with its wheel: python -W error test.py

test.sh makes such an environment. TWEETARC_WHEEL names the wheel; without it the other ways to
install are not tested. Without pandas, the tests that need it are skipped.
"""
import datetime
import decimal
import gc
import itertools
import json
import os
import pickle
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import tracemalloc
import typing
import unittest
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path = [p for p in sys.path if os.path.abspath(p) != HERE]  # the wheel's module is tested, not the one beside

import tweetarc  # noqa: E402

try:
    import pandas
except ImportError:
    pandas = None

FIXTURES = os.path.join(HERE, "..", "..", "fixtures", "articles")
POSIX = os.name == "posix"
QUIET = "Nobody tweeted."
PAGE = (
    '<!DOCTYPE html><html><head><title>T</title></head><body><p>“So” it goes &amp; went.</p><blockquote class="twitter-tweet"><p>My boat leaves.<br>At 6 &amp; 7.</p>'
    '&mdash; Rio Tan (@rio_tan) <a href="https://twitter.com/rio_tan/status/1002512345678901248">June 1, 2018</a></blockquote></body></html>'
)


def mill(n):
    return f"Said so.\n\nThe mill turns. — Ada Mole (@mill_{n}) May 8, 2019"


def handles(embeds):
    return [(e["index"], e["handle"]) for e in embeds]


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8", newline="") as f:
            f.write(text)
        return self.path(name)

    def tearDown(self):
        """No thread and no process is left."""
        gc.collect()
        self.assertNotIn("tweetarc", [t.name for t in threading.enumerate()])
        if POSIX:
            with self.assertRaises(ChildProcessError):
                os.waitpid(-1, os.WNOHANG)

    def script(self, *words, **options):
        """Runs this Python on a script."""
        return subprocess.run([sys.executable, "-W", "error", *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=120, **options)

    def pretend(self, script):
        """Uses the script as the command."""
        path = self.write("command", "#!/bin/sh\n" + script)
        os.chmod(path, 0o755)
        before = os.environ.get("TWEETARC_BIN")
        os.environ["TWEETARC_BIN"] = path
        self.addCleanup(lambda: os.environ.pop("TWEETARC_BIN") if before is None else os.environ.update(TWEETARC_BIN=before))


class Detect(Case):
    def test_embed(self):
        (e,) = tweetarc.detect([QUIET, mill(0)])
        self.assertEqual(list(e), list(tweetarc.Embed.__annotations__))
        self.assertEqual(
            (e["index"], e["author"], e["handle"], e["posted_date"], e["text"], e["form"], e["tweet_id"], e["lag_days"]),
            (1, "Ada Mole", "mill_0", "2019-05-08", "The mill turns.", "text", None, None),
        )
        self.assertEqual(mill(0).encode()[e["start"] : e["end"]].decode(), "The mill turns. — Ada Mole (@mill_0) May 8, 2019")

    def test_keys_are_the_schema(self):
        schema = tweetarc.run("schema", stdout=subprocess.PIPE, encoding="utf-8").stdout
        table = schema.partition("embeds\n")[2].partition("\ntweets\n")[0]
        kinds = dict(re.findall(r"^  (\w+) +(\w+) ", table, re.MULTILINE))
        kinds.pop("file")
        kinds["index"] = kinds.pop("record")
        self.assertEqual(set(tweetarc.Embed.__annotations__), set(kinds))
        python = {"int": int, "number": float}
        for name, hint in typing.get_type_hints(tweetarc.Embed).items():
            plain = [t for t in (typing.get_args(hint) or (hint,)) if t is not type(None)]
            self.assertEqual(plain, [python.get(kinds[name], str)], name)
        of = {}
        for table in tweetarc._schema().values():
            for name, kind in table.items():
                self.assertEqual(of.setdefault(name, kind), kind, f"{name} is of two kinds, and to_pandas knows one")

    def test_str_is_as_a_file(self):
        for name, text in [
            ("a.txt", mill(0)), ("a.txt", mill(0).replace("\n\n", " ")), ("a.txt", mill(0).replace("\n", "\r\n")), ("a.html", PAGE),
            ("a.txt", 'A \\ and a " and a \t.\n\n' + mill(0) + "\n\n😀 " + mill(1)), ("a.html", PAGE.replace("><", ">\n\t<").replace("leaves", "lèaves “\\n”")),
        ]:
            with self.subTest(name, text=text):
                out = tweetarc.run("detect", "--format", "jsonl", self.write(name, text), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
                want = [json.loads(line) for line in out.splitlines()]
                got = list(tweetarc.detect([text]))
                self.assertTrue(want)
                for key in "key author handle tweet_id posted_date posted_at text url form confidence start end".split():
                    self.assertEqual([e[key] for e in got], [e.get(key) for e in want], key)

    def test_records(self):
        records = [
            {"text": QUIET, "id": "x"},
            {"id": 7, "html": PAGE, "url": "https://harbour.example/a", "title": "Ferry", "date": datetime.date(2018, 6, 3)},
            {"text": mill(1), "n": decimal.Decimal("1.5"), "date": datetime.datetime(2019, 5, 9, 1, tzinfo=datetime.timezone.utc), "meta": {"section": "trade"}, 5: None},
        ]
        a, b = tweetarc.detect(records, keep=["id", "meta.section", "n"])
        self.assertEqual((a["index"], a["id"], a["article_url"], a["article_title"], a["outlet"], a["lag_days"]), (1, "7", "https://harbour.example/a", "Ferry", "harbour.example", 2))
        self.assertEqual((b["index"], b["id"], b["meta.section"], b["n"], b["article_date"]), (2, None, "trade", "1.5", "2019-05-09"))

    def test_fields(self):
        records = [mill(0), {"story": mill(1), "text": mill(2), "weblink": "https://a.example/1", "printed": "2019-05-10"}, mill(3)]
        embeds = list(tweetarc.detect(records, text_field="story", url_field="weblink", date_field="printed"))
        self.assertEqual(handles(embeds), [(0, "mill_0"), (1, "mill_1"), (2, "mill_3")])
        self.assertEqual((embeds[1]["article_url"], embeds[1]["lag_days"]), ("https://a.example/1", 2))

    def test_columns(self):
        self.assertEqual(list(tweetarc.detect([QUIET, mill(1)], columns=["handle", "tweet_id"])), [{"index": 1, "handle": "mill_1", "tweet_id": None}])
        self.assertEqual(list(tweetarc.detect([mill(1)], columns="index,form")), [{"index": 0, "form": "text"}])
        self.assertEqual(list(tweetarc.detect([{"text": mill(1), "id": 3}], columns=["id"], keep="id")), [{"index": 0, "id": "3"}])

    def test_links_and_limits(self):
        link = "See https://twitter.com/rio_tan/status/1002512345678901248 of Friday."
        self.assertEqual(list(tweetarc.detect([link])), [])
        self.assertEqual([e["form"] for e in tweetarc.detect([link], links=True, jobs=1)], ["link"])

    def test_one_article_is_no_iterable_of_them(self):
        for wrong in (mill(0), {"text": mill(0)}, mill(0).encode()):
            with self.assertRaisesRegex(TypeError, r"detect\(\[article\]\)"):
                tweetarc.detect(wrong)

    def test_wrong_options(self):
        for options in ({"columns": "record"}, {"columns": []}, {"columns": "handle,"}, {"keep": ["index"]}, {"max_record": 5}):
            with self.assertRaises(ValueError):
                tweetarc.detect([], **options)
        for options, says in (({"columns": "nope"}, "nope"), ({"keep": ["url"]}, "url"), ({"jobs": -1}, "--jobs")):
            with self.assertRaisesRegex(tweetarc.Error, says) as caught:
                next(tweetarc.detect([mill(0)], **options))
            self.assertEqual(caught.exception.returncode, 2)
        with self.assertRaisesRegex(tweetarc.Error, "no such file"):
            list(tweetarc.detect(itertools.repeat(mill(0)), weights=self.path("nope")))

    def test_none(self):
        self.assertEqual(list(tweetarc.detect([])), [])

    def test_wrappers_are_records(self):
        """A record is one article, even if the command would read a file of it as a list of articles."""
        self.assertEqual(handles(tweetarc.detect([{"content": {"text": mill(0)}}, {"data": {"body": mill(1)}}])), [(0, "mill_0"), (1, "mill_1")])

    def test_bad_articles(self):
        loop = {"text": mill(0)}
        loop["loop"] = loop
        deep = []
        for _ in range(100_000):
            deep = [deep]
        bad = [
            None, 5, b"bytes", {"text": b"bytes"}, {"text": mill(0), "set": {1}}, loop, {"text": mill(0), "deep": deep}, {"text": mill(0), (1,): 1},
            "x" * 3000 + mill(0), {"articles": [{"text": mill(0)}]}, {"text": mill(0), "n": float("nan"), "more": "y" * 3000}, ("text", mill(0)), "z" * 5_000_000 + mill(0),
        ]
        fine = [
            {"text": mill(1), "n": float("nan"), "inf": float("inf")}, "\ud800 " + mill(2), {"text": mill(3), "x": "\udfff", "\ud800": 1}, "\0\1\x7f\x85\u2028\u2029" + mill(4),
            mill(5).replace("\n", "\r"), "\ufeff" + mill(6),
        ]
        no_tweet = [{"text": None}, {"text": float("nan")}, {}, {"n": 1}, "", "\n", "\0", "\ud800", "{", {"text": ""}]
        articles = [x for group in itertools.zip_longest(bad, fine, no_tweet, fillvalue=QUIET) for x in group]
        with self.assertWarns(tweetarc.IncompleteWarning) as caught:
            embeds = list(tweetarc.detect(articles, max_record=2000))
        self.assertEqual(handles(embeds), [(articles.index(a), f"mill_{n}") for n, a in enumerate(fine, 1)])
        warning = caught.warning
        self.assertEqual(os.path.basename(caught.filename), "test.py")
        self.assertEqual(warning.count, len(bad))
        self.assertEqual(set(warning.unreadable), {i for i, a in enumerate(articles) if any(a is b for b in bad)})
        self.assertIn("bytes", warning.unreadable[6])
        self.assertRegex(str(warning), rf"^{len(bad)} of {len(articles)} articles could not be read, by their index:\n  0: NoneType, neither")

    def test_surrogates(self):
        """Two halves are the character that they make; a single half is lost, and nothing else."""
        text = "Out.\n\nA \ud83d\ude00 and \ud83d. — Ada Mole (@mill) May 8, 2019"
        (e,) = tweetarc.detect([text])
        self.assertEqual(e["text"], "A 😀 and �.")

    def test_many_bad_articles(self):
        with self.assertWarnsRegex(tweetarc.IncompleteWarning, "^6000 of 9001 ") as caught:
            embeds = list(tweetarc.detect(itertools.chain([None, {"articles": mill(0)}, QUIET] * 3000, [mill(9)])))
        self.assertEqual(handles(embeds), [(9000, "mill_9")])
        self.assertLessEqual(20, len(caught.warning.unreadable))
        self.assertLess(len(caught.warning.unreadable), 100)

    def test_warnings_may_be_errors(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error", tweetarc.IncompleteWarning)
            got = []
            with self.assertRaises(tweetarc.IncompleteWarning):
                got += tweetarc.detect([None])
            with self.assertRaises(tweetarc.IncompleteWarning):
                for e in tweetarc.detect([mill(0), None, mill(2)]):
                    got.append(e["index"])
        self.assertEqual(got, [0, 2])

    def test_cursor(self):
        """A cursor may be used only in one thread."""
        db = sqlite3.connect(self.path("corpus.db"))
        db.row_factory = sqlite3.Row
        db.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY, headline TEXT, body TEXT)")
        db.executemany("INSERT INTO articles VALUES (?, 'T', ?)", [(10 * i, mill(i) if i % 7 == 0 else QUIET) for i in range(5000)])
        embeds = list(tweetarc.detect(db.execute("SELECT * FROM articles ORDER BY id"), keep=["id"]))
        self.assertEqual([(e["index"], e["id"], e["handle"], e["article_title"]) for e in embeds], [(i, str(10 * i), f"mill_{i}", "T") for i in range(0, 5000, 7)])
        db.close()

    def test_many_in_order(self):
        articles = (mill(i) if i % 3 else QUIET * (i % 1000) for i in range(30_000))
        self.assertEqual(handles(tweetarc.detect(articles)), [(i, f"mill_{i}") for i in range(30_000) if i % 3])

    def test_endless_and_lazy(self):
        taken = itertools.count()
        embeds = tweetarc.detect(mill(n) for n in taken)
        self.assertEqual(next(taken), 0)
        self.assertEqual(handles(itertools.islice(embeds, 5000)), [(i, f"mill_{i + 1}") for i in range(5000)])
        self.assertLess(next(taken), 5000 + 8 * tweetarc._FULL / len(mill(0)))
        embeds.close()

    def test_memory(self):
        tracemalloc.start()
        n = sum(1 for _ in tweetarc.detect(QUIET * 200 + mill(i) for i in range(20_000)))  # 64 MB
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        self.assertEqual(n, 20_000)
        self.assertLess(peak, 8 << 20)

    def test_first_is_answered_before_the_second(self):
        heard = []

        def source():
            yield mill(0)
            self.assertEqual(heard, [(0, "mill_0")])

        for e in tweetarc.detect(source()):
            heard.append((e["index"], e["handle"]))
        self.assertEqual(len(heard), 1)

    def test_slow_source_is_answered_at_each(self):
        heard = []

        def source():
            yield from itertools.repeat(QUIET, 20_000)
            for n in range(12):
                time.sleep(2 * tweetarc._SOON)
                yield ("x" * tweetarc._FULL if n % 4 == 3 else "") + mill(n)
                self.assertEqual(heard[-1], f"mill_{n}")
                yield mill(100 + n)  # at once
                self.assertEqual(heard[-1], f"mill_{100 + n}")
                time.sleep(2 * tweetarc._SOON)
                yield QUIET

        for e in tweetarc.detect(source()):
            heard.append(e["handle"])
        self.assertEqual(len(heard), 24)

    def test_not_held_until_the_end(self):
        taken = itertools.count()
        articles = (mill(next(taken)) if i == 5000 else QUIET for i in itertools.count() if next(taken) >= 0)
        embeds = tweetarc.detect(articles)
        self.assertEqual(next(embeds)["index"], 5000)
        embeds.close()

    def test_large_articles_and_answers(self):
        """More than any pipe holds, in both directions."""
        large = "\n\n".join(mill(n) for n in range(20_000))
        got = handles(tweetarc.detect([large, "x" * (5 << 20), large]))
        self.assertEqual(got, [(i, f"mill_{n}") for i in (0, 2) for n in range(20_000)])

    def test_several_at_once(self):
        a, b, c = (tweetarc.detect(mill(n) for n in range(k, 3000, 3)) for k in range(3))
        got = [(x["handle"], y["handle"], z["handle"]) for x, y, z in zip(a, b, c)]
        self.assertEqual(got, [(f"mill_{n}", f"mill_{n + 1}", f"mill_{n + 2}") for n in range(0, 3000, 3)])
        a.close(), b.close(), c.close()

    def test_one_in_another(self):
        def inner():
            for e in tweetarc.detect(mill(n) for n in range(100)):
                yield e["text"] + "\n\n" + mill(e["index"])

        self.assertEqual(len([e for e in tweetarc.detect(inner()) if e["author"] == "Ada Mole"]), 100)

    def test_threads(self):
        results = {}

        def work(k):
            results[k] = handles(tweetarc.detect(mill(n) for n in range(k, k + 500)))

        threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(results, {k: [(i, f"mill_{i + k}") for i in range(500)] for k in range(4)})

    @unittest.skipUnless(POSIX, "needs fork")
    def test_fork(self):
        """A child that outlives the iteration does not keep the command waiting."""
        children = []

        def source():
            yield mill(0)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of threads and fork
                child = os.fork()
            if child == 0:
                time.sleep(30)
                os._exit(0)
            children.append(child)
            yield mill(1)

        began = time.monotonic()
        self.assertEqual(handles(tweetarc.detect(source())), [(0, "mill_0"), (1, "mill_1")])
        self.assertLess(time.monotonic() - began, 20)
        os.kill(children[0], signal.SIGKILL)
        os.waitpid(children[0], 0)

    def test_break(self):
        """An iteration that is left early leaves nothing: see tearDown, and -W error."""
        for _ in tweetarc.detect(itertools.repeat(mill(0))):
            break
        embeds = tweetarc.detect(itertools.repeat("x" * 100_000 + mill(0)))
        next(embeds)
        del embeds
        tweetarc.detect([mill(0)]).close()

    def test_exception_of_the_source(self):
        def source():
            yield mill(0)
            yield None
            raise LookupError("of the source")

        got = []
        with self.assertRaisesRegex(LookupError, "of the source"):
            for e in tweetarc.detect(source()):
                got.append(e["index"])
        self.assertEqual(got, [0])

    def test_left_alive_at_exit(self):
        done = self.script("-c", "import tweetarc\ne = tweetarc.detect(iter(lambda: '— Ada Mole (@mill) May 8, 2019', 1))\nprint(next(e)['handle'])")
        self.assertEqual((done.returncode, done.stdout), (0, "mill\n"))

    @unittest.skipUnless(POSIX, "needs sh")
    def test_command_that_dies(self):
        for script, says, code in [
            ("head -c 100 >/dev/null; echo 'tweetarc: out of luck' >&2; exit 1", "^out of luck$", 1),
            ("head -c 100 >/dev/null; kill -9 $$", "code -9", -9),
            ("printf '{\"record\":3,\"ha'; kill -9 $$", "code -9", -9),
            ("exit 1", "code 1", 1),
            ("head -c 100 >/dev/null; exit 0", "ended before the articles did", 0),
            ("exec 0<&-; sleep 1; exit 0", "ended before the articles did", 0),  # it reads nothing
        ]:
            with self.subTest(script):
                self.pretend(script)
                articles = (time.sleep(0.5 if i == 0 else 0) or QUIET for i in itertools.count())
                with self.assertRaisesRegex(tweetarc.Error, says) as caught:
                    list(tweetarc.detect(articles))
                self.assertEqual(caught.exception.returncode, code)

    @unittest.skipUnless(POSIX, "needs groups of processes")
    def test_interrupt(self):
        source = "import itertools, sys, time, tweetarc\nfor e in tweetarc.detect(map(%s, itertools.repeat('— Ada Mole (@mill) May 8, 2019'))):\n    print(e['handle'], flush=True)"
        for f in ("lambda a: a", "lambda a: (time.sleep(.05), a)[1]"):
            with self.subTest(f):
                with subprocess.Popen([sys.executable, "-W", "error", "-c", source % f], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as p:
                    p.stdout.readline()
                    threading.Timer(0.3, os.killpg, (p.pid, signal.SIGINT)).start()
                    out, err = p.communicate(timeout=20)
                self.assertEqual(err.decode().strip().splitlines()[-1], "KeyboardInterrupt")
                with self.assertRaises(ProcessLookupError):
                    os.killpg(p.pid, 0)


class Archives(Case):
    def archived(self, name="tweets.db"):
        db = self.path(name)
        self.assertEqual(tweetarc.archive(FIXTURES, db=db)[:3], (4, 3, 6))
        return db

    def test_archive(self):
        db = self.path("a b.db")
        self.assertEqual(tweetarc.archive([FIXTURES], db=db), (4, 3, 6, 0, 0, 5))
        self.assertEqual(tweetarc.archive(self.write("a.txt", mill(0)), db=db), (1, 1, 1, 0, 0, 6))
        again = tweetarc.archive(FIXTURES, db=db)
        self.assertEqual((again.articles, again.unchanged, again.tweets), (0, 3, 6))

    def test_flags(self):
        self.write("a.jsonl", "".join(json.dumps({"story": mill(n), "text": "x", "section": "trade", "no": n}) + "\n" for n in range(2)))
        self.write("b.txt", mill(5))
        self.write("-c.txt", mill(6))
        result = tweetarc.archive(self.folder, db=self.path("x.db"), text_field="story", keep=["section", "no"], include=["*.jsonl", "-*"], count_all=True, force=False, jobs=1)
        self.assertEqual(result, (3, 3, 3, 0, 0, 3))
        rows = sorted(tweetarc.export(self.path("x.db"), of="embeds"), key=lambda r: r["handle"])
        self.assertEqual([(r["handle"], r.get("section"), r.get("no")) for r in rows], [("mill_0", "trade", "0"), ("mill_1", "trade", "1"), ("mill_6", None, None)])

    def test_incomplete(self):
        path = self.write("a.jsonl", '{"text": 1\n' + json.dumps({"text": mill(1)}) + "\n")
        for paths, articles, count in (([path, self.path("nope.txt")], 1, 2), ([path], 0, 1)):
            with self.assertWarns(tweetarc.IncompleteWarning) as caught:
                result = tweetarc.archive(paths, db=self.path("x.db"))
            self.assertEqual((result.articles, result.unreadable, result.tweets), (articles, count, 1))
            self.assertEqual(caught.warning.count, count)
            self.assertEqual(os.path.basename(caught.filename), "test.py")

    def test_bytes_are_no_path(self):
        for arguments in ({"paths": b"a.txt"}, {"paths": [b"a.txt"]}, {"paths": FIXTURES, "db": b"x.db"}, {"paths": FIXTURES, "include": [b"*"]}):
            with self.assertRaisesRegex(TypeError, "is bytes: give a str or a path"):
                tweetarc.archive(**{"db": self.path("a.db"), **arguments})
        with self.assertRaisesRegex(TypeError, "is bytes"):
            tweetarc.run("detect", b"a.txt")

    def test_archive_errors(self):
        for says, code, options in (("no flag --nope", 2, {"nope": 1}), ("write YYYY-MM-DD", 2, {"from_": "x"}), ("not an SQLite file", 1, {"db": self.write("x.db", "text " * 100)})):
            with self.assertRaisesRegex(tweetarc.Error, says) as caught:
                tweetarc.archive(FIXTURES, **{"db": self.path("a.db"), **options})
            self.assertEqual(caught.exception.returncode, code)
        self.assertEqual(pickle.loads(pickle.dumps(caught.exception)).returncode, 1)
        with self.assertRaisesRegex(tweetarc.Error, "no PATH"):
            tweetarc.archive([], db=self.path("a.db"))

    @unittest.skipUnless(POSIX, "needs groups of processes")
    def test_interrupt(self):
        """Ctrl-C saves what was read, whether the whole group gets the signal or only Python."""
        os.mkfifo(self.path("articles.jsonl"))
        for whom, send in (("group", os.killpg), ("python", os.kill)):
            with self.subTest(whom):
                db = self.path(whom + ".db")
                code = f"import tweetarc\ntweetarc.archive({self.path('articles.jsonl')!r}, db={db!r})"
                with subprocess.Popen([sys.executable, "-W", "error", "-c", code], cwd=self.folder, stderr=subprocess.PIPE, start_new_session=True) as p:
                    with open(self.path("articles.jsonl"), "w", encoding="utf-8") as f:
                        f.write("".join(json.dumps({"text": mill(n)}) + "\n" for n in range(3)))
                        f.flush()
                        time.sleep(0.5)
                        send(p.pid, signal.SIGINT)
                        err = p.communicate(timeout=30)[1]
                self.assertEqual(err.decode().strip().splitlines()[-1], "KeyboardInterrupt")
                self.assertEqual(len(list(tweetarc.export(db))), 3)
                with self.assertRaises(ProcessLookupError):
                    os.killpg(p.pid, 0)

    def test_connect(self):
        for name in ("a.db", "a b?c#d%20e.db" if POSIX else "a b#d%20e.db", "Ä 'x'.db", "?mode=rwc" if POSIX else "m.db"):
            with self.subTest(name):
                with tweetarc_closing(tweetarc.connect(self.archived(name))) as db:
                    self.assertEqual([r["handle"] for r in db.execute("SELECT DISTINCT handle FROM tweets ORDER BY handle")], ["janeroe", "rio_tan"])
                    with self.assertRaisesRegex(sqlite3.OperationalError, "readonly"):
                        db.execute("DELETE FROM tweets")
        with tweetarc_closing(tweetarc.connect(self.path("a.db"), readonly=False)) as db:
            self.assertGreater(db.execute("DELETE FROM lookups").rowcount, -1)
            db.rollback()

    def test_connect_to_none(self):
        other = self.path("other.db")
        with tweetarc_closing(sqlite3.connect(other)) as db:
            db.execute("CREATE TABLE t (x)")
        for path, says in ((self.path("nope.db"), "no such archive"), (self.folder, "no such archive"), (other, "not an archive of tweetarc"), (self.write("t.txt", "text " * 500), "not a database")):
            with self.assertRaisesRegex(tweetarc.Error, says):
                tweetarc.connect(path)
        self.assertFalse(os.path.exists(self.path("nope.db")))

    @unittest.skipUnless(POSIX, "needs modes")
    def test_connect_where_nothing_may_be_written(self):
        db = self.archived()
        os.chmod(db, 0o444)
        os.chmod(self.folder, 0o555)
        child = os.fork()
        if child == 0:
            try:
                if os.getuid() == 0:
                    os.setuid(65534)
                n = len(tweetarc.connect(db).execute("SELECT * FROM tweets").fetchall())
                os._exit(0 if n == 5 else 1)
            finally:
                os._exit(2)
        status = os.waitpid(child, 0)[1]
        os.chmod(self.folder, 0o755)
        self.assertEqual(status, 0)

    def test_export(self):
        db = self.archived()
        tweets = list(tweetarc.export(db))
        self.assertEqual([list(t) for t in tweets], [list(tweetarc._schema()["tweets"])] * 5)
        self.assertEqual({t["tweet_id"] for t in tweets if t["handle"] == "rio_tan"}, {None, "1002512345678901248"})
        self.assertEqual(list(tweetarc.export(db, "boat from:rio_tan", columns=["handle", "embeds", "status"])), [{"handle": "rio_tan", "embeds": 2, "status": None}])
        self.assertEqual(list(tweetarc.export(db, "boat from:rio_tan", columns=iter(["handle"]))), [{"handle": "rio_tan"}])
        self.assertEqual(len(list(tweetarc.export(db, "-bridge"))), 3)
        self.assertEqual(len(list(tweetarc.export(db, of="embeds", from_="2018-06-01"))), 4)
        self.assertEqual([list(p) for p in tweetarc.export(db, of="places")], [list(tweetarc._schema()["places"])] * 3)
        self.assertEqual(list(tweetarc.export(db, of="verdicts")), [])

    def test_export_errors(self):
        for says, code, arguments in (("no such archive", 1, {"db": self.path("nope.db")}), ("--of", 2, {"db": self.archived(), "of": "nope"})):
            with self.assertRaisesRegex(tweetarc.Error, says) as caught:
                next(tweetarc.export(**arguments))
            self.assertEqual(caught.exception.returncode, code)
        for options in ({"columns": []}, {"columns": ""}, {"columns": ["handle", ""]}):
            for f in (tweetarc.export, tweetarc.to_pandas) if pandas else (tweetarc.export,):
                with self.assertRaisesRegex(ValueError, "names no column, or an empty one"):
                    f(self.path("tweets.db"), **options)
        for options in ({"format": "nonsense"}, {"format": "csv"}, {"excel": True}, {"output": "x.csv"}):
            with self.assertRaisesRegex(TypeError, f"takes no {list(options)[0]}: run\\("):
                tweetarc.export(self.path("tweets.db"), **options)

    def test_export_left_off(self):
        self.write("a.jsonl", "".join(json.dumps({"text": mill(n)}) + "\n" for n in range(2000)))
        tweetarc.archive(self.path("a.jsonl"), db=self.path("x.db"))
        for row in tweetarc.export(self.path("x.db")):
            break
        self.assertEqual(row["author"], "Ada Mole")

    @unittest.skipUnless(POSIX, "needs sh")
    def test_export_that_dies(self):
        tweetarc._schema()
        self.pretend("printf '{\"key\":\"a\"}\\n{\"key\":'; kill -9 $$")
        rows = tweetarc.export("x.db", columns="key")
        self.assertEqual(next(rows), {"key": "a"})
        with self.assertRaisesRegex(tweetarc.Error, "code -9"):
            next(rows)


class tweetarc_closing:
    def __init__(self, db):
        self.db = db

    def __enter__(self):
        return self.db

    def __exit__(self, *_):
        self.db.close()


class Pandas(Case):
    def check(self, frame, kinds):
        self.assertEqual({name: str(frame[name].dtype) for name in kinds}, kinds)

    KINDS = {"key": "string", "tweet_id": "string", "text": "string", "posted_date": "datetime64[ns]", "posted_at": "datetime64[ns, UTC]", "confidence": "float64"}

    @unittest.skipUnless(pandas, "pandas is not installed")
    def test_no_tweets(self):
        frame = tweetarc.to_pandas(tweetarc.detect([QUIET]))
        self.assertEqual((len(frame), list(frame.columns)), (0, list(tweetarc.Embed.__annotations__)))
        self.check(frame, {**self.KINDS, "index": "Int64"})

    @unittest.skipUnless(pandas, "pandas is not installed")
    def test_frame_is_no_article(self):
        frame = pandas.DataFrame({"text": [mill(0)]})
        with self.assertRaisesRegex(TypeError, "to_dict"):
            tweetarc.detect(frame)
        self.assertEqual(len(list(tweetarc.detect(frame.to_dict("records")))), 1)
        self.assertEqual(len(list(tweetarc.detect(frame["text"]))), 1)

    @unittest.skipUnless(pandas, "pandas is not installed")
    def test_detect(self):
        articles = [mill(0), {"id": pandas.NA, "text": PAGE, "date": pandas.Timestamp("2018-06-03"), "nat": pandas.NaT}, {"text": mill(2), "id": 5, "date": "1500-01-01"}]
        frame = tweetarc.to_pandas(tweetarc.detect(articles, keep=["id"]))
        self.check(frame, {**self.KINDS, "index": "Int64", "start": "Int64", "lag_days": "Int64", "article_date": "datetime64[ns]"})
        self.assertEqual(list(frame.columns), [*tweetarc.Embed.__annotations__, "id"])
        self.assertEqual(frame["tweet_id"][1], "1002512345678901248")
        self.check(frame, {"id": "string"})
        self.assertTrue(frame["tweet_id"].isna()[0])
        self.assertEqual((frame["lag_days"][1], frame["posted_date"].dt.year.tolist(), frame["id"].isna().tolist(), frame["id"][2]), (2, [2019, 2018, 2019], [True, True, False], "5"))

    @unittest.skipUnless(pandas, "pandas is not installed")
    def test_records_of_a_frame(self):
        corpus = pandas.DataFrame({"id": [1, 2], "text": [mill(1), None], "score": [0.5, float("nan")], "n": pandas.array([1, None], dtype="Int64"), "day": pandas.to_datetime(["2019-05-09", None])})
        (e,) = tweetarc.detect(corpus.to_dict("records"), keep=["id", "n"], date_field="day")
        self.assertEqual((e["id"], e["n"], e["lag_days"]), ("1", "1", 1))
        self.assertEqual(handles(tweetarc.detect(row for _, row in corpus.iterrows())), [(0, "mill_1")])

    @unittest.skipUnless(pandas, "pandas is not installed")
    def test_export(self):
        db = self.path("x.db")
        tweetarc.archive(FIXTURES, db=db)
        frame = tweetarc.to_pandas(db)
        self.check(frame, {**self.KINDS, "embeds": "Int64", "first_seen": "datetime64[ns]", "checked_at": "datetime64[ns, UTC]"})
        self.assertEqual(len(frame), 5)
        frame = tweetarc.to_pandas(db, "nothinglikeit", of="embeds")
        self.check(frame, {**self.KINDS, "record": "Int64", "lag_days": "Int64"})
        self.assertEqual((len(frame), list(frame.columns)), (0, list(tweetarc._schema()["embeds"])))
        self.assertEqual(list(tweetarc.to_pandas(db, columns="handle,embeds").columns), ["handle", "embeds"])

    @unittest.skipUnless(pandas, "pandas is not installed")
    def test_days_beyond_nanoseconds(self):
        rows = [{"article_date": day, "posted_at": day and day + "T00:00:00Z"} for day in (None, "1500-01-01", "2019-05-09", "2999-12-31", "2019-02-30")]
        frame = tweetarc.to_pandas(rows)
        for name in ("article_date", "posted_at"):
            self.assertEqual(frame[name].dt.year.fillna(0).tolist(), [0, 0, 2019, 0, 0])
        self.check(frame, {"article_date": "datetime64[ns]", "posted_at": "datetime64[ns, UTC]"})

    @unittest.skipUnless(pandas, "pandas is not installed")
    def test_options_of_no_archive(self):
        with self.assertRaises(TypeError):
            tweetarc.to_pandas([], of="embeds")

    def test_without_pandas(self):
        done = self.script("-c", "import sys\nsys.modules['pandas'] = None\nimport tweetarc\ntweetarc.to_pandas([])")
        self.assertIn("ImportError: to_pandas needs pandas: pip install pandas", done.stdout)


class Command(Case):
    def test_version(self):
        version = tweetarc.run("--version", stdout=subprocess.PIPE, encoding="utf-8").stdout
        self.assertIn(tweetarc.__version__.partition("+")[0], version)
        done = self.script("-m", "tweetarc", "--version")
        self.assertEqual((done.returncode, done.stdout), (0, version))
        with self.assertRaises(AttributeError):
            tweetarc.nope

    def test_exit_codes(self):
        for words, code in ((["nope"], 2), (["export", "--db", self.path("nope.db")], 1), (["detect", self.write("a.txt", mill(0)), self.path("nope.txt")], 3)):
            self.assertEqual(self.script("-m", "tweetarc", *words).returncode, code)
            self.assertEqual(tweetarc.run(*words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode, code)

    def test_nothing_is_imported_for_nothing(self):
        done = self.script("-c", "import sys, tweetarc\nprint({'pandas', 'numpy', 'asyncio', 'importlib.metadata'} & set(sys.modules))")
        self.assertEqual(done.stdout, "set()\n")


class Find(Case):
    """Where the command is found. Each test starts another Python."""

    COMMAND = "tweetarc" + (sysconfig.get_config_var("EXE") or "")

    def find(self, **env):
        env = {**{k: v for k, v in os.environ.items() if k not in ("TWEETARC_BIN", "PYTHONPATH")}, "PATH": self.path("empty"), **env}
        done = self.script("-c", "import os, tweetarc\nprint(os.path.realpath(tweetarc.find_command()))", env=env)
        return done.stdout.strip().splitlines()[-1]

    def test_environment(self):
        self.assertEqual(self.find(), os.path.realpath(os.path.join(sysconfig.get_path("scripts"), self.COMMAND)))

    def test_named(self):
        self.assertEqual(self.find(TWEETARC_BIN=sys.executable), os.path.realpath(sys.executable))
        for name, says in (("nope", "no such file"), ("a.txt", "cannot be run"))[: 2 if POSIX else 1]:
            self.write("a.txt", "")
            self.assertRegex(self.find(TWEETARC_BIN=self.path(name)), rf"^tweetarc.Error: TWEETARC_BIN: .*{name}: {says} \(let it name the command tweetarc, or unset it\)$")
            done = self.script("-m", "tweetarc", "--version", env={**os.environ, "TWEETARC_BIN": self.path(name)})
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stdout, rf"^tweetarc: TWEETARC_BIN: .*: {says} .*\n$")

    def package(self, *folder):
        """Copies the package into another folder."""
        shutil.copytree(os.path.dirname(tweetarc.__file__), self.path(*folder, "tweetarc"))
        return self.path(*folder)

    def command(self, *folder):
        os.makedirs(self.path(*folder), exist_ok=True)
        path = shutil.copy(tweetarc.find_command(), self.path(*folder, self.COMMAND))
        return os.path.realpath(path)

    def test_user(self):
        site = sysconfig.get_path("purelib", os.name + "_user" if os.name == "nt" else "posix_user", {"userbase": "base"})
        scripts = sysconfig.get_path("scripts", os.name + "_user" if os.name == "nt" else "posix_user", {"userbase": "base"})
        want = self.command(scripts)
        self.assertEqual(self.find(PYTHONPATH=self.package(site), PYTHONUSERBASE=self.path("base")), want)

    @unittest.skipUnless(os.environ.get("TWEETARC_WHEEL"), "TWEETARC_WHEEL names no wheel")
    def test_pip(self):
        pip = ["-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check", "--ignore-installed"]
        for way in ("--target", "--prefix"):
            with self.subTest(way):
                to = self.path(way)
                done = subprocess.run([sys.executable, *pip, way, to, os.environ["TWEETARC_WHEEL"]], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
                self.assertEqual(done.returncode, 0, done.stdout)
                site = to if way == "--target" else sysconfig.get_path("purelib", vars={"base": to, "platbase": to})
                scripts = os.path.join(to, "bin") if way == "--target" else sysconfig.get_path("scripts", vars={"base": to})
                self.assertEqual(self.find(PYTHONPATH=site), os.path.realpath(os.path.join(scripts, self.COMMAND)))

    def test_path_and_nowhere(self):
        """With a Python that has no such command, and a copy of the package that has none beside it."""
        want = self.command("elsewhere")
        python = self.path("venv", "Scripts" if os.name == "nt" else "bin", os.path.basename(sys.executable))
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", self.path("venv")], check=True)
        code = "import tweetarc\ntry: print(tweetarc.find_command())\nexcept tweetarc.Error as e: print(e)"
        for path, wanted in ((self.path("elsewhere"), want), (self.path("empty"), None)):
            env = {**{k: v for k, v in os.environ.items() if k != "TWEETARC_BIN"}, "PATH": path, "PYTHONPATH": self.path("copy"), "PYTHONUSERBASE": self.path("base")}
            if not os.path.exists(self.path("copy")):
                self.package("copy")
            out = subprocess.run([python, "-c", code], cwd=self.folder, env=env, stdout=subprocess.PIPE, encoding="utf-8").stdout.strip()
            if wanted:
                self.assertEqual(os.path.realpath(out), wanted)
            else:
                self.assertRegex(out, "^no command tweetarc.* in .* or on PATH .*pip install --force-reinstall tweetarc, or name it in TWEETARC_BIN")


class Readme(Case):
    def test_examples(self):
        """Each prints what is below it. The one with pandas is left out if there is no pandas."""
        with open(os.path.join(HERE, "README.md"), encoding="utf-8") as f:
            found = re.findall(r"```python\n(.*?)```\n\n((?:    [^\n]*\n)*)", f.read(), re.DOTALL)
        examples = [(code, out) for code, out in found if pandas or "to_pandas" not in code]
        self.assertEqual(len(found), 5)
        code = "".join(f"print('== {i}', flush=True)\n{code}" for i, (code, _) in enumerate(examples))
        done = self.script("-u", "-c", code)
        want = "".join(f"== {i}\n" + re.sub("^    ", "", out, flags=re.MULTILINE) for i, (_, out) in enumerate(examples))
        self.assertEqual(done.stdout, want)


if __name__ == "__main__":
    unittest.main()
