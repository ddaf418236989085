#!/usr/bin/env python3
"""What real extractors leave of tweets when they turn pages into text, and what
tweetarc finds in that.

    extractors.py [--keep DIR] [--only WORD] TWEETARC [OTHER_TWEETARC]

It makes pages of invented articles and turns them into text with every setting
that is installed here. It runs `tweetarc detect` on each text and prints a table
in Markdown; with two programs, "before -> after". --keep leaves pages, texts and
finds in DIR. --only takes the settings whose names hold WORD.

To have all settings: pip install html2text markdownify markitdown trafilatura
resiliparse inscriptis boilerpy3 readability-lxml lxml_html_clean newspaper4k
goose3 beautifulsoup4 html-text pypandoc_binary; and the programs lynx, w3m,
elinks, chromium and pdftotext.

A tweet counts if its handle and its words are in the text. If only the handle
is, no words are the right answer. "false" are finds that are no tweet of the
page: bylines, credits, biographies, quoted people with the day of another tweet.
"""
import argparse
import html
import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

# The tweets: author, handle, date as the page prints it, day, ID, and the words
# as HTML.
TWEETS = {name: dict(zip(('author', 'handle', 'printed', 'day', 'id', 'html'), row)) for name, row in {
    'plain': ('Ida Brandt', 'idabrandt_q', 'June 4, 2019', '2019-06-04', '1135900000000000101',
              'They sold the lighthouse. To a hotel. On a Tuesday.'),
    'picture': ('Tomas Lind 🐟', 'tomaslind', 'June 4, 2019', '2019-06-04', '1135900000000000102',
                'This is what is left of it <a href="https://t.co/Lq3WeRtYuI">pic.twitter.com/Lq3WeRtYuI</a>'),
    'lines': ('Quillby Rowing Club', 'quillbyrows', 'June 5, 2019', '2019-06-05', '1136200000000000103',
              'We row past it every morning.<br><br>We will row past the hotel as well.<br><br>Only slower. <a href="https://twitter.com/hashtag/savethelight?src=hash">#savethelight</a>'),
    'mentions': ('Dr. Pia Voss (she/her)', 'piavoss', 'June 5, 2019', '2019-06-05', '1136200000000000104',
                 '<a href="https://twitter.com/townofquillby">@townofquillby</a> Who signed this? Name the price &amp; the date. <a href="https://t.co/Ab1Cd2Ef3G">https://t.co/Ab1Cd2Ef3G</a>'),
    'german': ('Jörg Käßner', 'joerg_kaessner', '5. Juni 2019', '2019-06-05', '1136200000000000105',
               'Ein Leuchtturm ist kein Wellnessbereich. Das wissen sogar die Möwen.'),
    'japanese': ('灯台守', 'todaimori_q', '2019年6月6日', '2019-06-06', '1136600000000000106',
                 '灯台はホテルではありません。町はまちがっています。'),
    'french': ('Élodie Marchand', 'elodiemarchand', '6 juin 2019', '2019-06-06', '1136600000000000107',
               'Le phare n’est pas à vendre, et surtout pas un mardi\u00a0! <a href="https://twitter.com/hashtag/phare?src=hash">#phare</a>'),
    'arabic': ('ليلى منصور', 'layla_mansour_q', '6 يونيو 2019', '2019-06-06', '1136600000000000108',
               'المنارة ليست فندقا، والبلدة تعرف ذلك.'),
    'long': ('Marta Holm', 'martaholm', 'June 7, 2019', '2019-06-07', '1136900000000000109',
             'My grandfather lit that lamp for thirty-four winters, and when the electricity came he kept a box of matches in his coat all the same, because you never know. Now they want to put a sauna where he slept. Tell me again that this is progress. I will wait.'),
    'dash': ('Harbour Watch - Quillby', 'harbourwatchq', 'June 7, 2019', '2019-06-07', '1136900000000000110',
             'Three bids — three! — and they took the lowest. <a href="https://t.co/Zx9Yw8Vu7T">https://t.co/Zx9Yw8Vu7T</a>'),
    'quote': ('Old Pete', 'oldpete_q', 'June 8, 2019', '2019-06-08', '1137300000000000111',
              '“A lighthouse is a promise.” My mother said that, and she was never wrong about the sea.'),
    'question': ('Nora Feldt', 'norafeldt', 'June 8, 2019', '2019-06-08', '1137300000000000112',
                 'Did anybody ask the gulls?'),
    'thread': ('Otto Marsh', 'ottomarsh', '8 June 2019', '2019-06-08', '1137300000000000113',
               '1/ A short thread about who owns the rock the lighthouse stands on.'),
    'shout': ('MAYOR BOB', 'mayorbob_q', 'June 9, 2019', '2019-06-09', '1137600000000000114',
              'GREAT DEAL for Quillby. The BEST deal. Everybody says so!'),
    'list': ('Quillby Library', 'quillbylibrary', 'June 9, 2019', '2019-06-09', '1137600000000000115',
             'Books about lighthouses:<br>- seven<br>Books about saunas:<br>- none'),
    'russian': ('Вера Орлова', 'vera_orlova_q', '9 июня 2019 г.', '2019-06-09', '1137600000000000116',
                'Маяк — это не гостиница. Спросите у моряков.'),
    'spanish': ('Inés Robledo', 'inesrobledo', '10 de junio de 2019', '2019-06-10', '1138000000000000117',
                'Vendieron el faro sin preguntar a nadie. ¿Y ahora qué?'),
}.items()}

# The articles. A block is (kind, content): p, h, tweet, widget (rendered by the
# service's script), html (as it is).
P = {
    'sold': 'The town of Quillby sold its lighthouse on Tuesday for a sum that nobody at the town hall would name.',
    'vote': 'The council had voted five to four, after a meeting that began at seven and ended when the caretaker turned off the heating.',
    'angry': 'Not everybody was pleased. “You can hear it in the bakery,” said Ms Brandt, who keeps the bookshop at the pier.',
    'reply': 'The mayor answered her critics within the hour:',
    'wrote': 'Marta Holm, whose grandfather was the last keeper, wrote on Twitter:',
    'hotel': 'The buyer, a hotel company from the capital, wants to put a sauna into the lamp room. It did not answer our questions.',
    'works': 'The works are to begin in September. Until then the lamp stays lit, the company says.',
    'end': 'Nobody from the port authority was available for comment.',
    'de': 'Der Verkauf wurde am Dienstag bekannt. In der Stadt ist man darüber nicht glücklich.',
    'ja': '町は火曜日に灯台を売った。住民は驚いている。',
    'fr': 'La vente a été annoncée mardi. Les habitants n’en reviennent pas.',
    'ar': 'باعت البلدة منارتها يوم الثلاثاء، ولم يسأل أحد السكان.',
    'ru': 'Город продал маяк во вторник. Жителей никто не спросил.',
    'es': 'El pueblo vendió su faro el martes. Nadie preguntó a los vecinos.',
}
PAGES = {
    'one': [('p', 'sold'), ('p', 'angry'), ('tweet', 'plain'), ('p', 'hotel'), ('p', 'end')],
    'colon': [('p', 'sold'), ('p', 'reply'), ('tweet', 'shout'), ('p', 'works')],
    'wrote': [('p', 'vote'), ('p', 'wrote'), ('tweet', 'long'), ('p', 'end')],
    'two': [('p', 'sold'), ('tweet', 'picture'), ('tweet', 'question'), ('p', 'hotel'), ('tweet', 'dash'), ('p', 'end')],
    'row': [('p', 'angry'), ('tweet', 'plain'), ('tweet', 'mentions'), ('tweet', 'quote'), ('tweet', 'thread'), ('p', 'works')],
    'breaks': [('p', 'vote'), ('tweet', 'lines'), ('p', 'end'), ('tweet', 'list'), ('p', 'hotel')],
    'last': [('p', 'sold'), ('p', 'vote'), ('tweet', 'question')],
    'first': [('tweet', 'long'), ('p', 'sold'), ('p', 'end')],
    'short': [('p', 'sold'), ('tweet', 'plain')],
    'german': [('p', 'de'), ('tweet', 'german'), ('p', 'de')],
    'japanese': [('p', 'ja'), ('tweet', 'japanese'), ('p', 'ja')],
    'french': [('p', 'fr'), ('tweet', 'french'), ('p', 'fr')],
    'arabic': [('p', 'ar'), ('tweet', 'arabic'), ('p', 'ar')],
    'russian': [('p', 'ru'), ('tweet', 'russian'), ('p', 'ru')],
    'spanish': [('p', 'es'), ('tweet', 'spanish'), ('p', 'es')],
    'heading': [('p', 'sold'), ('h', 'What the town says'), ('tweet', 'mentions'), ('h', 'What happens next'), ('p', 'works')],
    'items': [('p', 'angry'), ('html', '<ul><li>'), ('tweet', 'question'), ('html', '</li><li>'), ('tweet', 'shout'), ('html', '</li></ul>'), ('p', 'end')],
    'figure': [('p', 'vote'), ('html', '<figure><img src="pier.jpg" alt="The pier"><figcaption>The pier in June. Photo: Nora Feldt</figcaption></figure>'), ('tweet', 'picture'), ('p', 'end')],
    'byline': [('html', '<p class="byline">By Karl Wintersen (@karlwintersen) June 10, 2019</p>'), ('p', 'sold'), ('tweet', 'plain'), ('p', 'works'),
               ('html', '<p>Karl Wintersen (@karlwintersen) writes about harbours and what is left of them.</p>')],
    'none': [('p', 'sold'), ('p', 'angry'), ('html', '<p>Photo: Lena Oak (@lenaoakq) June 3, 2019</p>'), ('p', 'end'),
             ('html', '<p>Follow Karl Wintersen (@karlwintersen) on Twitter.</p>')],
    'teasers': [('p', 'sold'), ('tweet', 'dash'), ('p', 'end'), ('h', 'Read also'),
                ('html', '<ul><li>Ten piers to see<br>By Lena Oak (@lenaoakq) June 1, 2019</li><li>The last ferry<br>By Karl Wintersen (@karlwintersen) May 30, 2019</li></ul>')],
    'widget': [('p', 'sold'), ('widget', 'plain'), ('p', 'hotel'), ('p', 'end')],
    'widgets': [('p', 'angry'), ('widget', 'long'), ('p', 'vote'), ('widget', 'question'), ('p', 'end')],
    'reply': [('p', 'angry'), ('widget', 'quote', 'reply'), ('p', 'end')],
    'quoted': [('p', 'angry'), ('widget', 'question', 'shout'), ('p', 'end')],
    'mixed': [('p', 'sold'), ('tweet', 'thread'), ('p', 'vote'), ('widget', 'shout'), ('p', 'works'), ('tweet', 'long'), ('p', 'end')],
}


def official(t):
    return (f'<blockquote class="twitter-tweet" data-lang="en"><p lang="en" dir="ltr">{t["html"]}</p>&mdash; {html.escape(t["author"])} (@{t["handle"]}) '
            f'<a href="https://twitter.com/{t["handle"]}/status/{t["id"]}?ref_src=twsrc%5Etfw">{t["printed"]}</a></blockquote>\n'
            '<script async src="https://platform.twitter.com/widgets.js" charset="utf-8"></script>')


def header(t, follow=''):
    return (f'<div class="header"><a href="https://twitter.com/{t["handle"]}"><img src="https://pbs.twimg.com/a_normal.jpg" alt="{html.escape(t["author"])}"></a>'
            f'<div><a href="https://twitter.com/{t["handle"]}"><span>{html.escape(t["author"])}</span></a></div>'
            f'<div><a href="https://twitter.com/{t["handle"]}"><span>@{t["handle"]}</span></a>{follow}</div></div>')


def widget(t, inside=None):
    """The tweet as the service's script renders it, with a reply line or a quoted tweet."""
    follow = f'<span>·</span><a href="https://twitter.com/intent/follow?screen_name={t["handle"]}">Follow</a>'
    address = f'https://twitter.com/{t["handle"]}/status/{t["id"]}'
    reply = '<div><a href="https://twitter.com/townofquillby/status/1135800000000000001">Replying to @townofquillby</a></div>' if inside == 'reply' else ''
    quoted = ''
    if inside and inside != 'reply':
        q = TWEETS[inside]
        quoted = f'<div class="quoted"><a href="https://twitter.com/{q["handle"]}/status/{q["id"]}">{header(q)}</a><p>{q["html"]}</p></div>'
    y, m, d = map(int, t['day'].split('-'))
    month = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split()[m - 1]
    return (f'<div class="tweet-container"><article>{header(t, follow)}{reply}<p lang="en" dir="auto">{t["html"]}</p>{quoted}'
            f'<div><a href="{address}">9:07 PM · {month} {d}, {y}</a></div>'
            f'<div><a href="https://twitter.com/intent/like?tweet_id={t["id"]}"><span>567</span></a> <a href="https://twitter.com/intent/tweet?in_reply_to={t["id"]}">Reply</a> '
            f'<button>Copy link</button></div><div><a href="{address}">Read 12 replies</a></div></article></div>')


def page(name, blocks):
    body = []
    for kind, what, *more in blocks:
        if kind == 'p':
            body.append(f'<p>{P[what]}</p>')
        elif kind == 'h':
            body.append(f'<h2>{what}</h2>')
        elif kind == 'tweet':
            body.append(official(TWEETS[what]))
        elif kind == 'widget':
            body.append(widget(TWEETS[what], *more))
        else:
            body.append(what)
    return ('<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Quillby sells its lighthouse</title></head><body>\n'
            '<nav><a href="/">Home</a> <a href="/sea">Sea</a></nav>\n<main><article><h1>Quillby sells its lighthouse</h1>\n'
            + '\n'.join(body) + '\n</article></main>\n<footer><p>The Quillby Echo</p></footer></body></html>\n')


def words(t):
    """The lines of a tweet's words as the page shows them."""
    s = re.sub(r'<br>', '\n', t['html'])
    return html.unescape(re.sub(r'<[^>]+>', '', s))


def gold(blocks):
    return [TWEETS[b[1]] for b in blocks if b[0] in ('tweet', 'widget')]


# The settings: a name, the package that has the version, and a function that
# makes text from the page's HTML and path.

def run(*argv, text=None):
    r = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=120)
    if r.returncode:
        raise RuntimeError(f'{argv[0]}: {r.stderr.strip()[:200]}')
    return r.stdout


def with_html2text(**options):
    def extract(s, _):
        import html2text
        h = html2text.HTML2Text()
        for k, v in options.items():
            setattr(h, k, v)
        return h.handle(s)
    return extract


def with_pandoc(to, *more):
    def extract(_, path):
        import pypandoc
        return pypandoc.convert_file(path, to, format='html', extra_args=list(more))
    return extract


def markitdown(_, path):
    from markitdown import MarkItDown
    return MarkItDown().convert(path).text_content


def with_trafilatura(**options):
    def extract(s, _):
        import trafilatura
        return trafilatura.extract(s, **options) or ''
    return extract


def boilerpy3(s, _, name='KeepEverythingExtractor'):
    from boilerpy3 import extractors
    return getattr(extractors, name)().get_content(s)


def soup(separator):
    def extract(s, _):
        from bs4 import BeautifulSoup
        b = BeautifulSoup(s, 'html.parser')
        for e in b(['script', 'style']):
            e.decompose()
        return b.get_text(separator)
    return extract


def resiliparse(s, _, **options):
    from resiliparse.extract.html2text import extract_plain_text
    return extract_plain_text(s, **options)


def readability(s, _):
    from bs4 import BeautifulSoup
    from readability import Document
    return BeautifulSoup(Document(s).summary(), 'html.parser').get_text()


def newspaper(s, _):
    import newspaper
    a = newspaper.Article(url='https://echo.example/lighthouse', fetch_images=False)
    a.download(input_html=s)
    a.parse()
    return a.text


def goose(s, _):
    from goose3 import Goose
    return Goose().extract(raw_html=s).cleaned_text


def html_text(s, _):
    import html_text
    return html_text.extract_text(s)


def inscriptis(s, _):
    from inscriptis import get_text
    return get_text(s)


def markdownify(s, _, **options):
    import markdownify
    return markdownify.markdownify(s, **options)


def pdf(_, path):
    out = path[:-5] + '.pdf'
    if not os.path.exists(out):
        run('chromium', '--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--virtual-time-budget=2000',
            '--no-pdf-header-footer', '--print-to-pdf=' + out, 'file://' + path)
    return run('pdftotext', out, '-')


SETTINGS = [
    ('html2text', 'html2text', with_html2text()),
    ('html2text, no wrap', 'html2text', with_html2text(body_width=0)),
    ('html2text, no links', 'html2text', with_html2text(ignore_links=True)),
    ('html2text, protected links', 'html2text', with_html2text(protect_links=True, wrap_links=False)),
    ('html2text, reference links', 'html2text', with_html2text(inline_links=False)),
    ('markdownify', 'markdownify', markdownify),
    ('markdownify, no links', 'markdownify', lambda s, p: markdownify(s, p, strip=['a'])),
    ('markitdown', 'markitdown', markitdown),
    ('trafilatura', 'trafilatura', with_trafilatura()),
    ('trafilatura, recall', 'trafilatura', with_trafilatura(favor_recall=True)),
    ('trafilatura, markdown', 'trafilatura', with_trafilatura(output_format='markdown', include_links=True)),
    ('resiliparse', 'resiliparse', resiliparse),
    ('resiliparse, main content', 'resiliparse', lambda s, p: resiliparse(s, p, main_content=True)),
    ('inscriptis', 'inscriptis', inscriptis),
    ('boilerpy3, everything', 'boilerpy3', boilerpy3),
    ('boilerpy3, article', 'boilerpy3', lambda s, p: boilerpy3(s, p, 'ArticleExtractor')),
    ('readability-lxml', 'readability-lxml', readability),
    ('newspaper4k', 'newspaper4k', newspaper),
    ('goose3', 'goose3', goose),
    ('html-text', 'html-text', html_text),
    ('BeautifulSoup, get_text', 'beautifulsoup4', soup('')),
    ('BeautifulSoup, get_text(" ")', 'beautifulsoup4', soup(' ')),
    ('BeautifulSoup, get_text("\\n")', 'beautifulsoup4', soup('\n')),
] + [(f'pandoc, {to}', 'pypandoc_binary', with_pandoc(to)) for to in ('plain', 'markdown', 'gfm', 'commonmark', 'rst', 'org', 'latex', 'mediawiki', 'asciidoc')] + [
    ('pandoc, plain, columns 50', 'pypandoc_binary', with_pandoc('plain', '--columns=50')),
    ('pandoc, no wrap', 'pypandoc_binary', with_pandoc('markdown', '--wrap=none')),
    ('lynx -dump', 'lynx', lambda s, p: run('lynx', '-dump', '-display_charset=utf-8', '-assume_charset=utf-8', p)),
    ('lynx -dump -nolist', 'lynx', lambda s, p: run('lynx', '-dump', '-nolist', '-display_charset=utf-8', '-assume_charset=utf-8', p)),
    ('w3m -dump', 'w3m', lambda s, p: run('w3m', '-dump', '-I', 'utf-8', '-O', 'utf-8', p)),
    ('elinks -dump', 'elinks', lambda s, p: run('elinks', '-dump', '-dump-charset', 'utf-8', p)),
    ('pdftotext', 'pdftotext', pdf),
]


def version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return ''


def letters(s):
    """The part of a text that no converter changes: its letters and digits."""
    return re.sub(r'[\W_]+', '', html.unescape(s)).casefold()


LINK = re.compile(r'(?:https?://|pic\.twitter\.com/)\S+')


def survives(t, text):
    """Whether the words of t are in a text; None if its handle is not."""
    bare = letters(re.sub(r'\[\d+\]|https?://[^\s\[\]>|}]+|\\\w+', '', text))  # numbers of references, addresses, commands
    if t['handle'].casefold() not in text.casefold().replace('\\', ''):
        return None
    return all(letters(LINK.sub('', line)) in bare for line in words(t).split('\n'))


def exact(t, got, text):
    """Whether got are the words of t, without links that the text does not have."""
    def plain(s):
        for signs, sign in (('---', '—'), ('``', '"'), ("''", '"'), ('“', '"'), ('”', '"'), ('’', "'"), ('~', ' ')):  # ASCII's
            s = s.replace(signs, sign)
        s = re.sub('[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]', '', html.unescape(s))
        return ' '.join(s.split())
    want = words(t)
    for link in LINK.findall(want):
        if link not in text:
            want = want.replace(link, '')
    return plain(got) == plain(want)


def score(tweetarc, folder, texts):
    """Counts over all pages: in the text, found, author, day, words, false."""
    n = dict.fromkeys(('tweets', 'found', 'author', 'day', 'words', 'false'), 0)
    for name, text in texts.items():
        path = os.path.join(folder, name + '.txt')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        r = subprocess.run([tweetarc, 'detect', '--format', 'jsonl', path], capture_output=True, text=True, timeout=120)
        rest = [json.loads(line) for line in r.stdout.splitlines()]
        with open(path + '.found', 'w', encoding='utf-8') as f:
            f.write(r.stdout)
        for t in gold(PAGES[name]):
            left = survives(t, text)
            got = next((g for g in rest if g.get('handle', '').casefold() == t['handle'].casefold()), None)
            if left is None:
                continue
            if got:
                rest.remove(got)
            if not left and not got:
                continue  # the extractor dropped it
            n['tweets'] += 1
            marks = []
            if got:
                n['found'] += 1
                marks += ['author'] if got.get('author', '') == t['author'] else []
                marks += ['day'] if got.get('posted_date', '') == t['day'] else []
                marks += ['words'] if (exact(t, got.get('text', ''), text) if left else not got.get('text')) else []
                for m in marks:
                    n[m] += 1
            if len(marks) < 3:
                with open(path + '.wrong', 'a', encoding='utf-8') as f:
                    print(json.dumps({'want': [t['author'], t['day'], words(t) if left else ''], 'got': got, 'right': marks}, ensure_ascii=False), file=f)
        quoted = {TWEETS[b[2]]['handle'] for b in PAGES[name] if len(b) > 2 and b[2] in TWEETS}
        n['false'] += sum(not (g.get('handle') in quoted and not g.get('posted_date')) for g in rest)
    return n


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n\n')[0])
    p.add_argument('--keep')
    p.add_argument('--only', default='')
    p.add_argument('tweetarc', nargs='+')
    a = p.parse_args()
    programs = [os.path.abspath(t) for t in a.tweetarc]
    folder = os.path.abspath(a.keep) if a.keep else tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    pages = {}
    for name, blocks in PAGES.items():
        pages[name] = os.path.join(folder, name + '.html')
        with open(pages[name], 'w', encoding='utf-8') as f:
            f.write(page(name, blocks))
    print('| setting | tweets left | found | author | day | words exact | false |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |')
    sums = [dict() for _ in programs]
    for name, package, extract in SETTINGS:
        if a.only not in name:
            continue
        try:
            texts = {n: extract(open(path, encoding='utf-8').read(), path) for n, path in pages.items()}
        except Exception as e:  # not installed, or broken on this machine
            print(f'skipped {name}: {e}', file=sys.stderr)
            continue
        counts = []
        for i, program in enumerate(programs):
            out = os.path.join(folder, str(i), re.sub(r'\W+', '-', name))
            shutil.rmtree(out, ignore_errors=True)
            os.makedirs(out)
            counts.append(score(program, out, texts))
            for k, v in counts[i].items():
                sums[i][k] = sums[i].get(k, 0) + v
        row(f'{name} ({version(package)})' if version(package) else name, counts)
    row('all', sums)
    if not a.keep:
        shutil.rmtree(folder)


def row(name, counts):
    def each(f):
        return ' -> '.join(f(c) for c in counts)
    share = lambda k: each(lambda c: f'{c[k] / max(1, c["found"] if k != "found" else c["tweets"]):.2f}')
    print('| ' + ' | '.join([name, each(lambda c: str(c['tweets'])) if len({c['tweets'] for c in counts}) > 1 else str(counts[0]['tweets']), share('found'), share('author'),
                             share('day'), share('words'), each(lambda c: str(c['false']))]) + ' |', flush=True)


main()
