-- The archive: one SQLite file. What an article said is in articles, embeds
-- and links, and is never changed by what an API said, which is in lookups.
-- Days are YYYY-MM-DD, times YYYY-MM-DDTHH:MM:SSZ, both UTC; '' is unknown.
-- Row ids hold the tables together and mean nothing outside of this file. Foreign
-- keys name their columns, for Datasette fails on those that do not.

-- A run is one call of the program that added to the archive: its manifest.
CREATE TABLE runs (
	id       INTEGER PRIMARY KEY,
	key      TEXT NOT NULL UNIQUE, -- random, so that a run merged twice is one
	began    INTEGER NOT NULL,     -- milliseconds since 1970; of two runs of one archive the later has more
	command  TEXT NOT NULL,        -- the command line
	version  TEXT NOT NULL,        -- the program's
	detector TEXT NOT NULL,        -- the detector's version, and the options that decide what a file gives
	ended    TEXT NOT NULL,        -- '' while it goes on, or where it was killed
	counts   TEXT NOT NULL,        -- JSON, see Counts in run.go
	keep     TEXT NOT NULL,        -- fields of the corpus that it kept, a JSON list; later runs keep them, too
	count    INTEGER               -- 1: it counted all articles, and later runs do until one says otherwise; null: it read no corpus
);

-- A scope is where paths mean something: the archive that first read them, or a
-- folder of shards. A merge keeps it, so that equal paths of two machines stay apart.
CREATE TABLE scopes (
	id  INTEGER PRIMARY KEY, -- 1 is this archive's own
	key TEXT NOT NULL UNIQUE -- random; '' is that of URLs
);

-- A file is an input of the corpus, or a member of one that is a container. What
-- of it holds of readings is that of its input.
CREATE TABLE files (
	id       INTEGER PRIMARY KEY,
	key      INTEGER NOT NULL UNIQUE, -- hash of scope and path
	scope    INTEGER NOT NULL REFERENCES scopes (id),
	path     TEXT NOT NULL,    -- absolute and without links, or a URL; '' is standard input
	name     TEXT NOT NULL,    -- path as users gave it: of several the first in order
	input    INTEGER NOT NULL REFERENCES files (id), -- the container, or itself
	complete INTEGER NOT NULL, -- when the last reading began that read all of it; 0: none did
	gone     INTEGER NOT NULL  -- when a run last met what it held elsewhere, and it no longer; 0: never
);
CREATE UNIQUE INDEX files_name ON files (name, path, key); -- the order of exports
CREATE INDEX files_input ON files (input);

-- A version is an input as it was for a while, read with some options. All
-- readings of one version give the same.
CREATE TABLE versions (
	id       INTEGER PRIMARY KEY,
	file     INTEGER NOT NULL REFERENCES files (id),
	size     INTEGER NOT NULL, -- bytes, -1 of a stream
	mtime    INTEGER NOT NULL, -- nanoseconds since 1970, 0 of a stream
	sha256   TEXT NOT NULL,    -- hexadecimal, where it was asked for
	options  INTEGER NOT NULL, -- hash of the detector and options that read it
	done     INTEGER NOT NULL, -- when the last reading began that came to its end; 0: none did
	complete INTEGER NOT NULL, -- 1: that left nothing out
	records  INTEGER NOT NULL, -- records read
	articles INTEGER NOT NULL, -- of these with embeds
	embeds   INTEGER NOT NULL, -- embeds in them
	errors   INTEGER NOT NULL  -- records that could not be read
);
CREATE INDEX versions_file ON versions (file);

-- Which versions a run has read.
CREATE TABLE readings (
	run     INTEGER NOT NULL REFERENCES runs (id),
	version INTEGER NOT NULL REFERENCES versions (id),
	PRIMARY KEY (run, version)
) WITHOUT ROWID;

-- How far a version was read that no reading has read to its end: a row for each
-- file of it.
CREATE TABLE progress (
	version  INTEGER NOT NULL REFERENCES versions (id),
	file     INTEGER NOT NULL REFERENCES files (id),
	began    INTEGER NOT NULL, -- when the reading began
	record   INTEGER NOT NULL, -- the last record whose embeds are kept
	done     INTEGER NOT NULL, -- 1: the file was read to its end
	records  INTEGER NOT NULL, -- as in versions
	articles INTEGER NOT NULL,
	embeds   INTEGER NOT NULL,
	errors   INTEGER NOT NULL,
	PRIMARY KEY (version, file)
) WITHOUT ROWID;

-- An article is its content, wherever it was; it has a row only where tweets are
-- embedded in it. File, record, url, host, title, outlet and kept are those of its first
-- place: of the current ones, or else of all.
CREATE TABLE articles (
	id       INTEGER PRIMARY KEY,
	key      BLOB NOT NULL UNIQUE, -- day and hash of the content, see content.go
	detector INTEGER NOT NULL, -- the detector's version that found the embeds
	file     INTEGER NOT NULL REFERENCES files (id),
	record   INTEGER NOT NULL, -- ordinal in the file, from 1
	places   INTEGER NOT NULL, -- current ones; 0: it is superseded
	url      TEXT NOT NULL,
	host     TEXT NOT NULL,    -- of the url, lower case, without www.
	title    TEXT NOT NULL,
	outlet   TEXT NOT NULL,    -- who published it, as the corpus says, or else the site of the url; see aliases
	kept     TEXT NOT NULL,    -- the fields of the corpus that were kept: a JSON object of texts, or ''
	date     TEXT NOT NULL,    -- the day it was published
	address  INTEGER NOT NULL, -- hash of the url, or without one of the content: articles are counted by it
	checksum INTEGER NOT NULL  -- of all that was found in it, see checksum.go
);
CREATE INDEX articles_place ON articles (file, record);
CREATE INDEX articles_outlet ON articles (outlet, date); -- with all that an operator asks for
CREATE INDEX articles_host ON articles (host, date) WHERE host <> outlet; -- else that of outlets has it
CREATE INDEX articles_many ON articles (id) WHERE places > 1;

-- An alias is what people call an outlet that the corpus names otherwise. Of two
-- archives the later one counts.
CREATE TABLE aliases (
	name   TEXT PRIMARY KEY, -- as in articles
	outlet TEXT NOT NULL,    -- '' : it has no alias any more
	at     INTEGER NOT NULL  -- milliseconds since 1970
) WITHOUT ROWID;

-- A place is where an article was seen. It is superseded, and counts for nothing,
-- where a later reading read all of its input and did not see it there, and where it
-- was moved.
-- Of a crawl also a revisit of what is current is one; those follow from revisits.
CREATE TABLE places (
	article  INTEGER NOT NULL REFERENCES articles (id),
	file     INTEGER NOT NULL REFERENCES files (id),
	record   INTEGER NOT NULL, -- ordinal in the file, from 1
	revisit  INTEGER NOT NULL, -- 1: the record is a revisit
	first    INTEGER NOT NULL, -- when the first and the last reading began that saw it,
	last     INTEGER NOT NULL, -- milliseconds since 1970
	moved    INTEGER NOT NULL, -- when a run last met the article elsewhere, and its file no longer; 0: never
	current  INTEGER NOT NULL, -- 0: it is superseded
	captured TEXT NOT NULL,    -- when a crawl fetched it
	url      TEXT,             -- what differs from the article's row, else null
	title    TEXT,
	outlet   TEXT,
	kept     TEXT,
	warc_id  TEXT NOT NULL,    -- WARC-Record-ID
	payload  TEXT NOT NULL,    -- WARC-Payload-Digest, as the record says it
	original INTEGER NOT NULL, -- hash of payload and url, or of what is revisited; 0 without payload
	checksum INTEGER NOT NULL,
	PRIMARY KEY (article, file, record, revisit)
) WITHOUT ROWID;
CREATE INDEX places_file ON places (file, record);
CREATE INDEX places_original ON places (original) WHERE original <> 0;

-- What was counted is all articles of an input, also those without tweets, where a run
-- was asked to. A row is superseded as a place is, see counted.go.
CREATE TABLE counted (
	file    INTEGER NOT NULL REFERENCES files (id),
	article INTEGER NOT NULL, -- as address in articles
	outlet  TEXT NOT NULL,    -- as in articles
	month   TEXT NOT NULL,    -- YYYY-MM in which it was published
	last    INTEGER NOT NULL, -- when the last reading began that saw it
	moved   INTEGER NOT NULL, -- as in places
	PRIMARY KEY (article, file, outlet, month) -- of one address a file may have several versions
) WITHOUT ROWID;

-- A revisit is a record of a crawl that met again what had been fetched before. All
-- that may be of pages are kept, for the page may come later, or by a merge.
CREATE TABLE revisits (
	original INTEGER NOT NULL, -- as in places
	file     INTEGER NOT NULL REFERENCES files (id),
	record   INTEGER NOT NULL,
	first    INTEGER NOT NULL, -- these three as in places
	last     INTEGER NOT NULL,
	moved    INTEGER NOT NULL,
	captured TEXT NOT NULL,
	url      TEXT NOT NULL,
	warc_id  TEXT NOT NULL,
	PRIMARY KEY (original, file, record)
) WITHOUT ROWID;

-- An embed is one span of one article where a tweet is embedded, as found there.
CREATE TABLE embeds (
	id          INTEGER PRIMARY KEY,
	article     INTEGER NOT NULL REFERENCES articles (id),
	tweet       INTEGER NOT NULL REFERENCES tweets (id), -- what it is a sighting of, see identity.go
	tweet_id    TEXT NOT NULL,
	author      TEXT NOT NULL,
	handle      TEXT NOT NULL,
	posted_date TEXT NOT NULL,
	posted_at   TEXT NOT NULL,
	text        TEXT NOT NULL,
	form        TEXT NOT NULL,
	confidence  REAL NOT NULL,
	start       INTEGER NOT NULL, -- bytes of the article's body
	end         INTEGER NOT NULL,
	anchor      INTEGER NOT NULL, -- where in the body it is attributed, which better words do not move: see anchor.go
	raw         TEXT NOT NULL,    -- the body from start to end, verbatim
	before      TEXT NOT NULL,    -- some 300 characters of the body before start
	after       TEXT NOT NULL,    -- and after end
	block       INTEGER NOT NULL, -- day and hash of the handle: sightings of one tweet share it
	variant     INTEGER NOT NULL, -- hash of all that tells one sighting from another but its place
	current     INTEGER NOT NULL, -- 0: its article is superseded
	media       TEXT NOT NULL,    -- code of pic.twitter.com/..., which knows a tweet again under another handle
	words       TEXT,             -- the tweet's as a person has them, see verdicts; null where nobody said them
	words_by    TEXT NOT NULL     -- who did
);
CREATE INDEX embeds_article ON embeds (article, start);
CREATE INDEX embeds_tweet ON embeds (tweet, variant, article, form, current); -- with all that facets count
CREATE INDEX embeds_block ON embeds (block, variant, current);
CREATE INDEX embeds_media ON embeds (media, block, current) WHERE media <> '';

-- A link is a link of an embedded tweet's text, as the markup had it.
CREATE TABLE links (
	embed  INTEGER NOT NULL REFERENCES embeds (id),
	n      INTEGER NOT NULL, -- its place among the embed's links, from 1
	shown  TEXT NOT NULL,    -- what the reader sees
	url    TEXT NOT NULL,    -- where it leads
	target TEXT NOT NULL,    -- what url stands for, where the markup tells
	PRIMARY KEY (embed, n)
) WITHOUT ROWID;

-- A tweet is what its embeds have in common; the row follows from them alone: from
-- the current ones, or else from all.
CREATE TABLE tweets (
	id          INTEGER PRIMARY KEY,
	key         TEXT NOT NULL,    -- status ID, or day/handle/hash of the words
	tweet_id    TEXT NOT NULL,
	author      TEXT NOT NULL,
	handle      TEXT NOT NULL,
	posted_date TEXT NOT NULL,
	posted_at   TEXT NOT NULL,
	text        TEXT NOT NULL,    -- from the best evidence, see identity.go
	confidence  REAL NOT NULL,    -- that text is the tweet's, no more and no less
	words_by    TEXT NOT NULL,    -- who said so of the text, '' where nobody did
	embeds      INTEGER NOT NULL, -- current sightings; 0: all are superseded
	articles    INTEGER NOT NULL, -- articles with a current one
	first_seen  TEXT NOT NULL,    -- day of the first of these articles
	last_seen   TEXT NOT NULL,
	status      TEXT NOT NULL,    -- what the latest lookup said
	checked_at  TEXT NOT NULL,
	marks       TEXT NOT NULL,    -- what the full-text index needs beside the text, see marks.go
	first       INTEGER NOT NULL  -- the sighting that is first in the order of file, record and start
);
CREATE UNIQUE INDEX tweets_key ON tweets (key);
CREATE INDEX tweets_day ON tweets (posted_date, posted_at, key);
CREATE INDEX tweets_handle ON tweets (handle COLLATE NOCASE, posted_date, author);
CREATE INDEX tweets_embeds ON tweets (embeds, key);

-- The words of the tweets and the names of who wrote them, for search; what came
-- last is found first.
CREATE VIRTUAL TABLE tweets_fts USING fts4(text, marks, author, handle, content="tweets", order=desc, tokenize=unicode61 "remove_diacritics=2");

-- A lookup is an answer of the outside world about a tweet; all are kept, and
-- none changes what articles say.
CREATE TABLE lookups (
	id         INTEGER PRIMARY KEY,
	tweet_id   TEXT NOT NULL,    -- the ID asked about or, of a tweet without, found for it
	key        TEXT NOT NULL,    -- of the tweet without ID that was asked about, else ''
	score      REAL NOT NULL,    -- 0..1: how well the words found fit those asked for; 1 for an ID
	source     TEXT NOT NULL,    -- oembed, v2, v1, wayback, or a file's path
	state      TEXT NOT NULL,    -- found, gone, hidden, withheld, unknown; maybe: an ID that may be the tweet's
	checked_at TEXT NOT NULL,
	author     TEXT NOT NULL,
	handle     TEXT NOT NULL,
	posted_at  TEXT NOT NULL,
	text       TEXT NOT NULL,
	lang       TEXT NOT NULL,
	body       BLOB NOT NULL,    -- the answer as it came
	checksum   INTEGER NOT NULL
);
CREATE UNIQUE INDEX lookups_answer ON lookups (tweet_id, key, source, checked_at);
CREATE INDEX lookups_key ON lookups (key) WHERE key <> '';

-- A verdict is what a person says of one embed, which the article's content and the
-- place of the attribution name: better words, or another detector, do not change that.
-- Of one coder the later counts.
CREATE TABLE verdicts (
	article     BLOB NOT NULL,    -- key of the article
	anchor      INTEGER NOT NULL, -- as in embeds
	coder       TEXT NOT NULL,
	at          INTEGER NOT NULL, -- milliseconds since 1970
	verdict     TEXT NOT NULL,    -- right, begins, ends, both, person, none or unsure; '': it was taken back
	words       TEXT NOT NULL,    -- the tweet's, as the coder has them; '' where nobody said them
	note        TEXT NOT NULL,
	found       TEXT NOT NULL,    -- the words that were judged
	tweet_id    TEXT NOT NULL,    -- and the rest of the embed then
	handle      TEXT NOT NULL,
	posted_date TEXT NOT NULL,
	form        TEXT NOT NULL,
	confidence  REAL NOT NULL,
	checksum    INTEGER NOT NULL,
	PRIMARY KEY (article, anchor, coder)
) WITHOUT ROWID;

-- A sample is embeds drawn to be judged. The same draw of the same archive is the same
-- sample.
CREATE TABLE samples (
	id     INTEGER PRIMARY KEY,
	key    TEXT NOT NULL UNIQUE, -- hash of what it was drawn by and from
	drawn  INTEGER NOT NULL,     -- milliseconds since 1970
	query  TEXT NOT NULL,
	by     TEXT NOT NULL,        -- what the strata are made of, commas between them
	seed   INTEGER NOT NULL,
	strata TEXT NOT NULL         -- JSON: of each its name, and how many embeds it had
);
CREATE TABLE sampled (
	sample  INTEGER NOT NULL REFERENCES samples (id),
	n       INTEGER NOT NULL, -- its place in the sample, from 1
	article BLOB NOT NULL,    -- as in verdicts
	anchor  INTEGER NOT NULL,
	stratum TEXT NOT NULL,
	PRIMARY KEY (sample, n)
) WITHOUT ROWID;

-- A tombstone keeps out what was forgotten, without naming it. The last row of a
-- hash counts.
CREATE TABLE tombstones (
	hash   BLOB NOT NULL,    -- of the salt, the kind and what is kept out, see forget.go
	salt   BLOB NOT NULL,    -- random
	kind   TEXT NOT NULL,    -- handle, id or words
	at     INTEGER NOT NULL, -- milliseconds since 1970
	lifted INTEGER NOT NULL, -- 1: it keeps out nothing any more
	PRIMARY KEY (hash, at, lifted)
) WITHOUT ROWID;
