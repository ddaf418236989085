#!/bin/bash
# Tests shard.py on a real Spark on this machine: a driver and two executors, of which
# one is killed. The exports must be, byte for byte, those of one archive command. The
# script stops what it started, by process ID.
set -eu
cd "$(dirname "$0")"

if ! command -v java >/dev/null; then
	echo "SKIP: no java here (Debian: apt-get install openjdk-17-jre-headless)"
	exit 0
fi
python=${PYTHON:-python3}
if ! spark=$("$python" -c 'import os, pyspark; print(os.path.dirname(pyspark.__file__))' 2>/dev/null); then
	echo "SKIP: no pyspark here (pip install pyspark)"
	exit 0
fi
work=$(mktemp -d)
driver=

# below PID: prints it and its descendants.
below() {
	local child
	echo "$1"
	for child in $(ps -o pid= --ppid "$1"); do
		below "$child"
	done
}

stop() {
	code=$?
	trap - EXIT
	if [ -n "$driver" ] && kill -0 "$driver" 2>/dev/null; then
		kill -9 $(below "$driver") 2>/dev/null || true
	fi
	if [ "$code" -ne 0 ]; then
		echo "FAIL: code $code; log:"
		tail -n 40 "$work/log" 2>/dev/null | cut -c1-300 || true
	fi
	rm -rf "$work"
	exit "$code"
}
trap stop EXIT
say() { echo "== $*"; }

say build, and a corpus of 30 files
mkdir -p "$work"/{corpus,bin,local}
(cd ../.. && go build -o "$work/bin/tweetarc-itself" ./cmd/tweetarc)
tweetarc=$work/bin/tweetarc-itself
for i in $(seq 30); do
	for j in $(seq 40); do
		day=$((1 + (i * j) % 28))
		who=$(((i + j) % 7))
		echo "{\"title\":\"Item $i.$j\",\"url\":\"https://news.example/$i/$j\",\"date\":\"2019-05-$day\",\"text\":\"The paper wrote of it.\\n\\nThe ferry of $((j % 9)) o'clock was late again, says number $who. — Rider $who (@rider_$who) May $day, 2019\\n\\nNobody was surprised.\"}"
	done >"$work/corpus/$i.jsonl"
done
ls -d "$work"/corpus/* >"$work/list"

echo '{"text":"The mill (@ada_mole)" a}' >>"$work/corpus/9.jsonl" # tried once: it stays bad

say what one machine gives
"$tweetarc" archive --quiet --db "$work/straight.db" --paths-from "$work/list" 2>/dev/null || [ $? = 3 ]

# The program, but slow, so that there is time to kill an executor.
cat >"$work/bin/tweetarc" <<'EOF'
#!/bin/sh
sleep 1
exec "$(dirname "$0")/tweetarc-itself" "$@"
EOF
chmod +x "$work/bin/tweetarc"

say a driver, two executors, and one of them killed
export PYSPARK_PYTHON=$python SPARK_LOCAL_IP=127.0.0.1 SPARK_LOCAL_DIRS=$work/local
export SPARK_HOME=$spark SPARK_WORKER_DIR=$work/local
"$spark/bin/spark-submit" --master 'local-cluster[2,1,1024]' --conf spark.ui.enabled=false --conf spark.executor.memory=512m \
	--files "$work/bin/tweetarc,$tweetarc" shard.py --paths-from "$work/list" --out "$work/shards" >"$work/trailers" 2>"$work/log" &
driver=$!
count() { find "$work/shards" -maxdepth 1 -name '*.jsonl.gz' 2>/dev/null | wc -l; }
for _ in $(seq 600); do
	[ "$(count)" -ge 5 ] && break
	kill -0 "$driver" 2>/dev/null || exit 1
	sleep 0.2
done
before=$(count)
executor=
for pid in $(below "$driver"); do
	if grep -qz CoarseGrainedExecutorBackend "/proc/$pid/cmdline" 2>/dev/null; then
		executor=$pid
		break
	fi
done
test -n "$executor"
kill -9 $(below "$executor")
echo "$before of 30 shard files when the executor was killed"
code=0
wait "$driver" || code=$?
driver=
test "$code" = 3 # for the bad record
test "$(grep -c '"errors":1' "$work/trailers")" = 1
grep -Eq 'Lost executor|ExecutorLostFailure' "$work/log"

test "$(wc -l <"$work/trailers")" = 30
"$tweetarc" shards --paths-from "$work/list" "$work/shards" | tee "$work/state"
grep -qx 'done     30' "$work/state"
"$tweetarc" merge --db "$work/merged.db" "$work/shards" 2>/dev/null
for of in embeds tweets; do
	for db in straight merged; do
		"$tweetarc" export --db "$work/$db.db" --of $of -o "$work/$db.$of.csv" 2>/dev/null
	done
	cmp "$work/straight.$of.csv" "$work/merged.$of.csv"
done
say "PASS: the same $(wc -l <"$work/merged.embeds.csv") lines of embeds, $(wc -l <"$work/merged.tweets.csv") of tweets"
