#!/bin/bash
# Tests the jobs on a real Slurm on this machine: a controller and two nodes. It runs an
# array of 20 tasks with an input that is not there yet, kills a task, then a node with
# its tasks, and runs the array again. The exports must be, byte for byte, those of one
# archive command. The script stops what it started, by process ID.
set -eu
cd "$(dirname "$0")"

for program in slurmctld slurmd sbatch munged; do
	if ! command -v $program >/dev/null && [ ! -x /usr/sbin/$program ]; then
		echo "SKIP: no $program here (Debian: apt-get install slurmctld slurmd slurm-client munge)"
		exit 0
	fi
done
PATH=$PATH:/usr/sbin
here=$PWD
work=$(mktemp -d)
chmod 755 "$work"
user=$(id -un)
host=$(hostname -s)
pids=()

stop() {
	code=$?
	trap - EXIT
	if [ -e "$work/slurm.conf" ]; then
		scancel --state=RUNNING,PENDING,SUSPENDED --user="$user" >/dev/null 2>&1 || true
		sleep 2
	fi
	for pid in "${pids[@]}"; do
		kill "$pid" 2>/dev/null || true
	done
	for pid in "${pids[@]}"; do
		for _ in $(seq 50); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.2
		done
		kill -9 "$pid" 2>/dev/null || true
	done
	if [ "$code" -ne 0 ]; then
		echo "FAIL: code $code; logs:"
		tail -n 8 "$work"/*.log "$work"/logs/* 2>/dev/null | cut -c1-200 || true
	fi
	rm -rf "$work"
	exit "$code"
}
trap stop EXIT

say() { echo "== $*"; }

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
	local seconds=$1 what=$2
	shift 2
	for _ in $(seq $((seconds * 5))); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.2
	done
	echo "waited ${seconds} s for $what"
	return 1
}

say build, and a corpus of 60 files
(cd ../.. && go build -o "$work/tweetarc" ./cmd/tweetarc)
mkdir -p "$work"/{corpus,spool,logs,running}
for i in $(seq 60); do
	for j in $(seq 40); do
		day=$((1 + (i * j) % 28))
		who=$(((i + j) % 7))
		echo "{\"title\":\"Item $i.$j\",\"url\":\"https://news.example/$i/$j\",\"date\":\"2019-05-$day\",\"text\":\"The paper wrote of it.\\n\\nThe ferry of $((j % 9)) o'clock was late again, says number $who. — Rider $who (@rider_$who) May $day, 2019\\n\\nNobody was surprised.\"}"
	done >"$work/corpus/$i.jsonl"
done
ls -d "$work"/corpus/* >"$work/list"
mv "$work/corpus/7.jsonl" "$work/late" # in the list, but not there yet

say what one machine gives
straight() {
	"$work/tweetarc" archive --quiet --db "$work/straight.db" --paths-from "$work/list" 2>/dev/null
	for of in embeds tweets; do
		"$work/tweetarc" export --db "$work/straight.db" --of $of -o "$work/straight.$of.csv" 2>/dev/null
	done
}
cp "$work/late" "$work/corpus/7.jsonl"
straight
rm "$work/corpus/7.jsonl"

say a cluster of two nodes
port=$((20000 + RANDOM % 10000))
head -c 1024 /dev/urandom >"$work/munge.key"
chmod 600 "$work/munge.key"
munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge.socket" --pid-file="$work/munge.pid" \
	--seed-file="$work/munge.seed" --log-file="$work/munge.log" >"$work/munged.log" 2>&1 &
pids+=($!)
cat >"$work/slurm.conf" <<EOF
ClusterName=tweetarc
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket,cred_expire=5
SlurmctldPort=$port
SlurmctldPidFile=$work/slurmctld.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdPidFile=$work/slurmd.%n.pid
SlurmdLogFile=$work/slurmd.%n.log
SlurmdSpoolDir=$work/spool/%n
StateSaveLocation=$work/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,batch_sched_delay=0
SlurmdTimeout=5
KillWait=2
MinJobAge=300
ReturnToService=2
MpiDefault=none
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=2 RealMemory=4000
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=2 RealMemory=4000
PartitionName=all Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
EOF
export SLURM_CONF=$work/slurm.conf
wait_for 10 munge test -S "$work/munge.socket"
slurmctld -D -c >"$work/ctld.log" 2>&1 &
pids+=($!)
slurmd -D -N n1 >"$work/n1.log" 2>&1 &
pids+=($!)
slurmd -D -N n2 >"$work/n2.log" 2>&1 &
n2=$!
pids+=($n2)
idle() { [ "$(sinfo -h -o %T -n n1,n2 | sort -u)" = idle ]; }
wait_for 60 "both nodes" idle

# The program, but slow, so that there is time to kill it; task 3 is killed once.
cat >"$work/slow" <<EOF
#!/bin/bash
echo \$\$ >"$work/running/\$SLURMD_NODENAME.\$SLURM_ARRAY_TASK_ID"
sleep 1
if [ "\$SLURM_ARRAY_TASK_ID" = 3 ] && mkdir "$work/once" 2>/dev/null; then
	"$work/tweetarc" "\$@" &
	kill -9 \$!
	scontrol requeue "\$SLURM_JOB_ID" # as an operator would
	exit 1
fi
exec "$work/tweetarc" "\$@"
EOF
chmod +x "$work/slow"
export TWEETARC=$work/slow LIST=$work/list OUT=$work/shards
submit() { sbatch --parsable --mem-per-cpu=10 --array=0-19 --output="$work/logs/%a.log" "$here/shard.sbatch"; }
count() { find "$OUT" -maxdepth 1 -name '*.jsonl.gz' 2>/dev/null | wc -l; }
some() { [ "$(count)" -ge "$1" ]; }
on_n2() { [ "$(squeue -h -t R -w n2 -o %i | wc -l)" -ge 1 ] && [ -n "$(ls "$work"/running/n2.* 2>/dev/null)" ]; }
over() { [ -z "$(squeue -h -j "$1" -o %i 2>/dev/null)" ]; }

say an array of 20, and the loss of a node in the middle
job=$(submit)
wait_for 60 "the first shard files" some 6
wait_for 30 "a task on the second node" on_n2
kill -9 "$n2"
for f in "$work"/running/n2.*; do
	kill -9 "$(cat "$f")" 2>/dev/null || true # its tasks are lost with it
done
echo "$(count) of 60 shard files when the node was lost"
down() { scontrol -o show node n2 | grep -Eq 'State=[A-Z+*_]*(DOWN|NOT_RESPONDING)'; }
wait_for 60 "Slurm to notice the loss" down
# The task of the late input may be one that was lost with the node.
late() { ls "$OUT"/failed/*.json || over "$job"; }
wait_for 120 "a task to miss the late input" late
mv "$work/late" "$work/corpus/7.jsonl"
touch -r "$work/list" "$work/corpus/7.jsonl"
wait_for 180 "the array to end" over "$job"
test -d "$work/once"
echo "$(count) of 60 shard files after it"

say the array again, the node back
slurmd -D -N n2 >"$work/n2.again.log" 2>&1 &
pids+=($!)
wait_for 60 "both nodes" idle
job=$(submit)
merge=$(DB=$work/merged.db sbatch --parsable --mem=10 --dependency=afterany:"$job" --output="$work/logs/merge.log" "$here/merge.sbatch")
wait_for 180 "the array to end" over "$job"
wait_for 60 "the merge to end" over "$merge"
# A bad record is not tried again: the job ends with exit code 3.
mkdir "$work/bad"
echo '{"text":"The mill (@ada_mole)" a}' >"$work/bad/1.jsonl"
echo "$work/bad/1.jsonl" >"$work/bad/list"
bad=$(OUT=$work/bad/shards LIST=$work/bad/list sbatch --parsable --mem-per-cpu=10 --array=0-0 --output="$work/logs/bad.log" "$here/shard.sbatch")
wait_for 60 "the job with a bad record" over "$bad"
test "$(grep -c '"errors":1' "$work/logs/bad.log")" = 1
scontrol -o show job "$bad" | grep -q 'Restarts=0 .*ExitCode=3:0'
"$work/tweetarc" shards --paths-from "$work/list" "$OUT" | tee "$work/state"
grep -qx 'done     60' "$work/state"
for of in embeds tweets; do
	"$work/tweetarc" export --db "$work/merged.db" --of $of -o "$work/merged.$of.csv" 2>/dev/null
	cmp "$work/straight.$of.csv" "$work/merged.$of.csv"
done
say "PASS: the same $(wc -l <"$work/merged.embeds.csv") lines of embeds, $(wc -l <"$work/merged.tweets.csv") of tweets"
