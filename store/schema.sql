-- The archive: one SQLite file. What an article said stands in articles, embeds
-- and links, and is never changed by what an API said, which stands in lookups.
-- Days are YYYY-MM-DD, times YYYY-MM-DDTHH:MM:SSZ, both UTC; '' is unknown.
-- Row ids hold the tables together and mean nothing outside of this file. Foreign
-- keys name their columns, for Datasette fails on those that do not.

-- A run is one call of the program that added to the archive: its manifest.
CREATE TABLE runs (
	id       INTEGER PRIMARY KEY,
	key      TEXT NOT NULL UNIQUE, -- random, so that a run merged twice is one
	command  TEXT NOT NULL,        -- the command line
	version  TEXT NOT NULL,        -- the program's
	detector TEXT NOT NULL,        -- the detector's
	started  TEXT NOT NULL,
	ended    TEXT NOT NULL,        -- '' while it goes on, or where it was killed
	counts   TEXT NOT NULL         -- JSON, see Counts in run.go
);

-- A file is an input of the corpus, and how far it has been read.
CREATE TABLE files (
	id       INTEGER PRIMARY KEY,
	path     TEXT NOT NULL UNIQUE, -- as the user gave it
	size     INTEGER NOT NULL,     -- bytes, -1 of a pipe
	mtime    INTEGER NOT NULL,     -- nanoseconds since 1970, 0 of a pipe
	sha256   TEXT NOT NULL,        -- hexadecimal, where it was asked for
	detector TEXT NOT NULL,        -- the detector that read it
	run      INTEGER NOT NULL REFERENCES runs (id), -- the last run that read it
	record   INTEGER NOT NULL,     -- the last record whose embeds are kept
	done     INTEGER NOT NULL,     -- 1: it was read to its end
	records  INTEGER NOT NULL,     -- records read
	articles INTEGER NOT NULL,     -- of these with embeds
	embeds   INTEGER NOT NULL,     -- embeds in them
	errors   INTEGER NOT NULL      -- records that could not be read
);
CREATE INDEX files_run ON files (run);

-- An input is a file as one run found it, and what that run read of it.
CREATE TABLE inputs (
	run      INTEGER NOT NULL REFERENCES runs (id),
	path     TEXT NOT NULL,
	size     INTEGER NOT NULL,
	mtime    INTEGER NOT NULL,
	sha256   TEXT NOT NULL,
	done     INTEGER NOT NULL,
	records  INTEGER NOT NULL,
	articles INTEGER NOT NULL,
	embeds   INTEGER NOT NULL,
	errors   INTEGER NOT NULL,
	PRIMARY KEY (run, path)
) WITHOUT ROWID;

-- A shard is an input that was read elsewhere and merged: the shard file of it
-- that was added last, see shards.go.
CREATE TABLE shards (
	input  TEXT PRIMARY KEY, -- path or URL
	made   TEXT NOT NULL,    -- when the shard file was
	sha256 TEXT NOT NULL     -- of its lines, hexadecimal
) WITHOUT ROWID;

-- The files that a shard's input holds: itself, or those in a container.
CREATE TABLE shard_files (
	input TEXT NOT NULL,
	path  TEXT NOT NULL,
	PRIMARY KEY (input, path)
) WITHOUT ROWID;

-- An article has a row only where tweets are embedded in it.
CREATE TABLE articles (
	id     INTEGER PRIMARY KEY,
	file   INTEGER NOT NULL REFERENCES files (id),
	record INTEGER NOT NULL, -- ordinal in the file, from 1
	url    TEXT NOT NULL,
	host   TEXT NOT NULL,    -- of the url, lower case, without www.
	title  TEXT NOT NULL,
	date   TEXT NOT NULL     -- the day it was published
);
CREATE UNIQUE INDEX articles_place ON articles (file, record);
CREATE INDEX articles_host ON articles (host, date); -- with all that an operator asks for

-- An embed is one place in one article where a tweet stands, as found there.
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
	raw         TEXT NOT NULL,    -- the body from start to end, verbatim
	before      TEXT NOT NULL,    -- some 300 characters of the body before start
	after       TEXT NOT NULL,    -- and after end
	block       INTEGER NOT NULL, -- day and hash of the handle: sightings of one tweet share it
	variant     INTEGER NOT NULL, -- hash of all that tells one sighting from another but its place
	media       TEXT NOT NULL     -- code of pic.twitter.com/..., which knows a tweet again under another handle
);
CREATE INDEX embeds_article ON embeds (article, start);
CREATE INDEX embeds_tweet ON embeds (tweet, variant, article, form); -- with all that facets count
CREATE INDEX embeds_block ON embeds (block, variant);
CREATE INDEX embeds_media ON embeds (media, block) WHERE media <> '';

-- A link is a link of an embedded tweet's text, as the markup had it.
CREATE TABLE links (
	embed  INTEGER NOT NULL REFERENCES embeds (id),
	n      INTEGER NOT NULL, -- its place among the embed's links, from 1
	shown  TEXT NOT NULL,    -- what the reader sees
	url    TEXT NOT NULL,    -- where it leads
	target TEXT NOT NULL,    -- what url stands for, where the markup tells
	PRIMARY KEY (embed, n)
) WITHOUT ROWID;

-- A tweet is what its embeds have in common; the row follows from them alone.
CREATE TABLE tweets (
	id          INTEGER PRIMARY KEY,
	key         TEXT NOT NULL,    -- status ID, or day/handle/hash of the words
	tweet_id    TEXT NOT NULL,
	author      TEXT NOT NULL,
	handle      TEXT NOT NULL,
	posted_date TEXT NOT NULL,
	posted_at   TEXT NOT NULL,
	text        TEXT NOT NULL,    -- the most complete sighting's
	embeds      INTEGER NOT NULL, -- sightings
	articles    INTEGER NOT NULL, -- articles with a sighting
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
	body       BLOB NOT NULL     -- the answer as it came
);
CREATE UNIQUE INDEX lookups_answer ON lookups (tweet_id, key, source, checked_at);
CREATE INDEX lookups_key ON lookups (key) WHERE key <> '';
