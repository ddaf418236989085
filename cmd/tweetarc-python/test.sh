#!/bin/bash
# test.sh WHEEL: the module and the command of the wheel, installed in a clean environment
# with nothing else on PATH. pandas is taken from the package index where it can be had.
set -eu
wheel=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
rm=$(command -v rm)
trap '"$rm" -rf "$work"' EXIT
chmod 755 "$work"
"${PYTHON:-python3}" -m venv "$work/venv"
python=$work/venv/bin/python
"$python" -m pip install --quiet --disable-pip-version-check --no-index "$wheel"
"$python" -m pip install --quiet --disable-pip-version-check pandas >/dev/null 2>&1 ||
	echo "skipped: pandas cannot be had"
cd "$work"
export PATH=$work/venv/bin TWEETARC_WHEEL=$wheel PYTHONDONTWRITEBYTECODE=1
unset TWEETARC_BIN TWEETARC_DB PYTHONPATH
"$python" -W error "$here/test.py" -v 2>"$work/log" || {
	code=$?
	echo "$(<"$work/log")"
	exit "$code"
}
while read -r line; do
	case $line in
	*" skipped "* | Ran*) echo "$line" ;;
	esac
done <"$work/log"
