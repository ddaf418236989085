-- The archive is one SQLite file. What articles say is in articles, embeds and links. What
-- an API said is in lookups, and never changes these.
-- Days are YYYY-MM-DD, times YYYY-MM-DDTHH:MM:SSZ, both UTC; '' means unknown. "When a run
-- (or reading) began" is in milliseconds since 1970.
-- Row ids connect the tables, and mean nothing outside of this file. Foreign keys name
-- their columns, because Datasette fails if they do not.

-- A run is one start of the command that writes. Its row is its manifest.
CREATE TABLE runs (
	id       INTEGER PRIMARY KEY,
	key      TEXT NOT NULL UNIQUE, -- random, so that a run that is merged twice is one run
	began    INTEGER NOT NULL,     -- when the run began; in one archive a later run has a greater number
	command  TEXT NOT NULL,        -- command line
	version  TEXT NOT NULL,        -- version of the program
	detector TEXT NOT NULL,        -- version of the detector, and the options that decide what is found
	ended    TEXT NOT NULL,        -- when the run ended; '' if it still goes on or was killed
	counts   TEXT NOT NULL,        -- what was read and found: JSON, see Counts in run.go
	keep     TEXT NOT NULL,        -- names of the fields of the corpus that it kept: a JSON list; later runs keep them, too
	count    INTEGER               -- 1: it counted all articles, and so do later runs until one says otherwise; null: it read no corpus
);

-- A scope is where paths are valid: the archive that first read them, or a folder of
-- shards. A merge keeps scopes, so that equal paths on two machines are two files.
CREATE TABLE scopes (
	id  INTEGER PRIMARY KEY, -- 1 is the scope of this archive
	key TEXT NOT NULL UNIQUE -- random; '' is the scope of URLs
);

-- A file is an input of the corpus, or a member of an input that is a container. The last
-- two columns are only used for inputs.
CREATE TABLE files (
	id       INTEGER PRIMARY KEY,
	key      INTEGER NOT NULL UNIQUE, -- hash of scope and path
	scope    INTEGER NOT NULL REFERENCES scopes (id),
	path     TEXT NOT NULL,    -- absolute and without links, or a URL; '' is standard input
	name     TEXT NOT NULL,    -- the path as users gave it; of several spellings the first in order
	input    INTEGER NOT NULL REFERENCES files (id), -- the container, or the file itself
	complete INTEGER NOT NULL, -- when the last reading began that read all of it; 0: none did
	gone     INTEGER NOT NULL  -- when the last run began that found it gone and its articles elsewhere; 0: none did
);
CREATE UNIQUE INDEX files_name ON files (name, path, key); -- the order of exports
CREATE INDEX files_input ON files (input);

-- A version is an input as it was for a while, together with the options of a reading. All
-- readings of one version find the same.
CREATE TABLE versions (
	id       INTEGER PRIMARY KEY,
	file     INTEGER NOT NULL REFERENCES files (id),
	size     INTEGER NOT NULL, -- bytes; -1 for a stream
	mtime    INTEGER NOT NULL, -- when it was modified, in nanoseconds since 1970; 0 for a stream
	sha256   TEXT NOT NULL,    -- hexadecimal, if asked for
	options  INTEGER NOT NULL, -- hash of the detector's version and the options
	done     INTEGER NOT NULL, -- when the last reading began that came to the end; 0: none did
	complete INTEGER NOT NULL, -- 1: such a reading left nothing out
	records  INTEGER NOT NULL, -- number of records read
	articles INTEGER NOT NULL, -- number of articles with embeds
	embeds   INTEGER NOT NULL, -- number of embeds in them
	errors   INTEGER NOT NULL  -- number of records that could not be read
);
CREATE INDEX versions_file ON versions (file);

-- A reading is a run's reading of a version.
CREATE TABLE readings (
	run     INTEGER NOT NULL REFERENCES runs (id),
	version INTEGER NOT NULL REFERENCES versions (id),
	PRIMARY KEY (run, version)
) WITHOUT ROWID;

-- Progress is how far a version was read that no reading has read to its end. There is a
-- row for each of its files.
CREATE TABLE progress (
	version  INTEGER NOT NULL REFERENCES versions (id),
	file     INTEGER NOT NULL REFERENCES files (id),
	began    INTEGER NOT NULL, -- when the reading began
	record   INTEGER NOT NULL, -- the last record whose embeds are saved
	done     INTEGER NOT NULL, -- 1: the file was read to its end
	records  INTEGER NOT NULL, -- these four as in versions
	articles INTEGER NOT NULL,
	embeds   INTEGER NOT NULL,
	errors   INTEGER NOT NULL,
	PRIMARY KEY (version, file)
) WITHOUT ROWID;

-- An article is its content, wherever that is. Only articles with embeds have a row. File,
-- record, url, host, title, outlet and kept are those of its first place: the first current
-- one or, if none is current, the first of all.
CREATE TABLE articles (
	id       INTEGER PRIMARY KEY,
	key      BLOB NOT NULL UNIQUE, -- day and hash of the content, see content.go
	detector INTEGER NOT NULL, -- version of the detector that found the embeds
	file     INTEGER NOT NULL REFERENCES files (id),
	record   INTEGER NOT NULL, -- number in the file, counted from 1
	places   INTEGER NOT NULL, -- number of current places; 0: it is superseded
	url      TEXT NOT NULL,
	host     TEXT NOT NULL,    -- host of the url, in lower case and without www.
	title    TEXT NOT NULL,
	outlet   TEXT NOT NULL,    -- who published it: what the corpus says, or else the site of the url; see aliases
	kept     TEXT NOT NULL,    -- the kept fields of the corpus: a JSON object of texts, or ''
	date     TEXT NOT NULL,    -- day on which it was published
	address  INTEGER NOT NULL, -- hash of the url or, without one, of the content; articles are counted by it
	checksum INTEGER NOT NULL  -- checksum of the row and of the embeds, see checksum.go
);
CREATE INDEX articles_place ON articles (file, record);
CREATE INDEX articles_outlet ON articles (outlet, date); -- it has all that outlet: asks for
CREATE INDEX articles_host ON articles (host, date) WHERE host <> outlet; -- all others are in articles_outlet
CREATE INDEX articles_many ON articles (id) WHERE places > 1;

-- An alias is another name for an outlet of the corpus. If archives with different aliases
-- are merged, the later alias counts.
CREATE TABLE aliases (
	name   TEXT PRIMARY KEY, -- outlet as in articles
	outlet TEXT NOT NULL,    -- the name to use; '': the alias was removed
	at     INTEGER NOT NULL  -- when, in milliseconds since 1970
) WITHOUT ROWID;

-- A place is where an article was seen. It is superseded, and no longer counts, if a later
-- reading read all of its input and did not see the article there, or if the article moved.
-- In a crawl, a revisit of a current place is a place, too; these follow from revisits.
CREATE TABLE places (
	article  INTEGER NOT NULL REFERENCES articles (id),
	file     INTEGER NOT NULL REFERENCES files (id),
	record   INTEGER NOT NULL, -- number in the file, counted from 1
	revisit  INTEGER NOT NULL, -- 1: the record is a revisit
	first    INTEGER NOT NULL, -- when the first reading began that saw the article there
	last     INTEGER NOT NULL, -- when the last such reading began
	moved    INTEGER NOT NULL, -- when the last run began that met the article elsewhere and found the file gone; 0: none did
	current  INTEGER NOT NULL, -- 0: it is superseded
	captured TEXT NOT NULL,    -- when a crawl fetched it
	url      TEXT,             -- these four only if they differ from the article's row, else null
	title    TEXT,
	outlet   TEXT,
	kept     TEXT,
	warc_id  TEXT NOT NULL,    -- WARC-Record-ID
	payload  TEXT NOT NULL,    -- WARC-Payload-Digest, as the record has it
	original INTEGER NOT NULL, -- hash of payload and url, by which revisits find it; 0 without payload
	checksum INTEGER NOT NULL,
	PRIMARY KEY (article, file, record, revisit)
) WITHOUT ROWID;
CREATE INDEX places_file ON places (file, record);
CREATE INDEX places_original ON places (original) WHERE original <> 0;

-- If a run counts all articles, each article of an input is counted here, also those
-- without tweets. A row can be superseded like a place, see counted.go.
CREATE TABLE counted (
	file    INTEGER NOT NULL REFERENCES files (id),
	article INTEGER NOT NULL, -- address as in articles
	outlet  TEXT NOT NULL,    -- as in articles
	month   TEXT NOT NULL,    -- month in which it was published: YYYY-MM
	last    INTEGER NOT NULL, -- as in places
	moved   INTEGER NOT NULL, -- as in places
	PRIMARY KEY (article, file, outlet, month) -- a file may have several articles with one address
) WITHOUT ROWID;

-- A revisit is a record of a crawl that fetched again what it had fetched before. All
-- revisits that may be of articles are here, because the article may come later, or by a
-- merge.
CREATE TABLE revisits (
	original INTEGER NOT NULL, -- as in places
	file     INTEGER NOT NULL REFERENCES files (id),
	record   INTEGER NOT NULL,
	first    INTEGER NOT NULL, -- this and what follows as in places
	last     INTEGER NOT NULL,
	moved    INTEGER NOT NULL,
	captured TEXT NOT NULL,
	url      TEXT NOT NULL,
	warc_id  TEXT NOT NULL,
	PRIMARY KEY (original, file, record)
) WITHOUT ROWID;

-- An embed is one place in one article where a tweet is embedded, as the article has it.
CREATE TABLE embeds (
	id          INTEGER PRIMARY KEY,
	article     INTEGER NOT NULL REFERENCES articles (id),
	tweet       INTEGER NOT NULL REFERENCES tweets (id), -- see identity.go
	tweet_id    TEXT NOT NULL,
	author      TEXT NOT NULL,
	handle      TEXT NOT NULL,
	posted_date TEXT NOT NULL,
	posted_at   TEXT NOT NULL,
	text        TEXT NOT NULL,
	form        TEXT NOT NULL,
	confidence  REAL NOT NULL,
	start       INTEGER NOT NULL, -- where it begins in the article's body, in bytes
	end         INTEGER NOT NULL, -- where it ends
	anchor      INTEGER NOT NULL, -- where in the body it is attributed, whatever its words are; see anchor.go
	raw         TEXT NOT NULL,    -- the body from start to end, verbatim
	before      TEXT NOT NULL,    -- some 300 characters of the body before start
	after       TEXT NOT NULL,    -- and after end
	block       INTEGER NOT NULL, -- day and hash of the handle, by which embeds are compared; see identity.go
	variant     INTEGER NOT NULL, -- hash of the embed without where it is
	current     INTEGER NOT NULL, -- 0: the article is superseded
	media       TEXT NOT NULL,    -- code of pic.twitter.com/..., by which a tweet is found under another handle
	words       TEXT,             -- the tweet's words according to people, see verdicts; null if nobody said them
	words_by    TEXT NOT NULL     -- who said them
);
CREATE INDEX embeds_article ON embeds (article, start);
CREATE INDEX embeds_tweet ON embeds (tweet, variant, article, form, current); -- it has all that facets count
CREATE INDEX embeds_block ON embeds (block, variant, current);
CREATE INDEX embeds_media ON embeds (media, block, current) WHERE media <> '';

-- A link is a link in the text of an embedded tweet, as the markup has it.
CREATE TABLE links (
	embed  INTEGER NOT NULL REFERENCES embeds (id),
	n      INTEGER NOT NULL, -- number among the links of the embed, counted from 1
	shown  TEXT NOT NULL,    -- what the reader sees
	url    TEXT NOT NULL,    -- address of the link
	target TEXT NOT NULL,    -- where a short url leads, if the markup says so
	PRIMARY KEY (embed, n)
) WITHOUT ROWID;

-- A tweet is what its embeds have in common. Its row follows only from them: from the
-- current ones or, if none is current, from all.
CREATE TABLE tweets (
	id          INTEGER PRIMARY KEY,
	key         TEXT NOT NULL,    -- status ID or, if not known, day/handle/hash of the words
	tweet_id    TEXT NOT NULL,
	author      TEXT NOT NULL,
	handle      TEXT NOT NULL,
	posted_date TEXT NOT NULL,
	posted_at   TEXT NOT NULL,
	text        TEXT NOT NULL,    -- from the best evidence, see evidence.go
	confidence  REAL NOT NULL,    -- how sure it is that text is all of the tweet's words, and no others
	words_by    TEXT NOT NULL,    -- who confirmed or corrected text; '' if nobody did
	embeds      INTEGER NOT NULL, -- number of current embeds; 0: all are superseded
	articles    INTEGER NOT NULL, -- number of articles with a current embed
	first_seen  TEXT NOT NULL,    -- day of the first of these articles
	last_seen   TEXT NOT NULL,    -- day of the last
	status      TEXT NOT NULL,    -- what the latest lookup said
	checked_at  TEXT NOT NULL,    -- when that was
	marks       TEXT NOT NULL,    -- other words for the full-text index: tags, links, emoji; see words.go
	first       INTEGER NOT NULL  -- row of the first embed in the order of file, record and start
);
CREATE UNIQUE INDEX tweets_key ON tweets (key);
CREATE INDEX tweets_day ON tweets (posted_date, posted_at, key);
CREATE INDEX tweets_handle ON tweets (handle COLLATE NOCASE, posted_date, author);
CREATE INDEX tweets_embeds ON tweets (embeds, key);

-- The full-text index over the words of tweets and the names of their authors. What was
-- added last is found first.
CREATE VIRTUAL TABLE tweets_fts USING fts4(text, marks, author, handle, content="tweets", order=desc, tokenize=unicode61 "remove_diacritics=2");

-- A lookup is an answer of the outside world about a tweet. All are kept, and none changes
-- what articles say.
CREATE TABLE lookups (
	id         INTEGER PRIMARY KEY,
	tweet_id   TEXT NOT NULL,    -- the ID asked about or, for a tweet without an ID, the one found
	key        TEXT NOT NULL,    -- if a tweet without an ID was asked about, its key, else ''
	score      REAL NOT NULL,    -- 0 to 1: how well the words found fit a tweet without an ID; else 1
	source     TEXT NOT NULL,    -- oembed, v2, v1, wayback, or the path of a file
	state      TEXT NOT NULL,    -- found, gone, hidden, withheld, unknown; maybe: the ID may be the tweet's
	checked_at TEXT NOT NULL,    -- when the source was asked
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

-- A verdict is what a person says about one embed. The article's content and where in it
-- the tweet is attributed are the embed's name, which does not change with better words or
-- another detector. For each coder and embed the latest verdict counts.
CREATE TABLE verdicts (
	article     BLOB NOT NULL,    -- key of the article
	anchor      INTEGER NOT NULL, -- as in embeds
	coder       TEXT NOT NULL,
	at          INTEGER NOT NULL, -- when, in milliseconds since 1970
	verdict     TEXT NOT NULL,    -- right, begins, ends, both, person, none or unsure; '': it was taken back
	words       TEXT NOT NULL,    -- the right words of the tweet; '' if the coder gave none
	note        TEXT NOT NULL,
	found       TEXT NOT NULL,    -- the words that were judged
	tweet_id    TEXT NOT NULL,    -- this and what follows: the rest of the embed that was judged
	handle      TEXT NOT NULL,
	posted_date TEXT NOT NULL,
	form        TEXT NOT NULL,
	confidence  REAL NOT NULL,
	checksum    INTEGER NOT NULL,
	PRIMARY KEY (article, anchor, coder)
) WITHOUT ROWID;

-- A sample is embeds that were drawn to be judged. The same draw from the same archive
-- always gives the same sample.
CREATE TABLE samples (
	id     INTEGER PRIMARY KEY,
	key    TEXT NOT NULL UNIQUE, -- hash of how and of what was drawn
	drawn  INTEGER NOT NULL,     -- when, in milliseconds since 1970
	query  TEXT NOT NULL,        -- the embeds that this query finds
	by     TEXT NOT NULL,        -- what the strata were made by, with commas
	seed   INTEGER NOT NULL,
	strata TEXT NOT NULL         -- JSON: name, number of embeds and number drawn of each stratum
);

-- An embed in a sample.
CREATE TABLE sampled (
	sample  INTEGER NOT NULL REFERENCES samples (id),
	n       INTEGER NOT NULL, -- number in the sample, counted from 1
	article BLOB NOT NULL,    -- as in verdicts
	anchor  INTEGER NOT NULL,
	stratum TEXT NOT NULL,
	PRIMARY KEY (sample, n)
) WITHOUT ROWID;

-- A tombstone keeps out what was forgotten, without naming it. Of several rows with one
-- hash the last counts.
CREATE TABLE tombstones (
	hash   BLOB NOT NULL,    -- hash of the salt, the kind and what is kept out, see forget.go
	salt   BLOB NOT NULL,    -- random
	kind   TEXT NOT NULL,    -- handle, id or words
	at     INTEGER NOT NULL, -- when, in milliseconds since 1970
	lifted INTEGER NOT NULL, -- 1: it was lifted, and keeps out nothing any more
	PRIMARY KEY (hash, at, lifted)
) WITHOUT ROWID;
