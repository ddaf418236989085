#!/bin/bash
# test.sh WHEEL tests the module and the command of the wheel, in a clean environment with
# nothing else on PATH. It installs pandas too, if the package index has it.
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
	echo "skipped: the tests with pandas, which cannot be installed"
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
