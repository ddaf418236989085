#!/usr/bin/env bash
# Tests a release: test.sh FOLDER, which tweetarc-release wrote.
# It runs the scripts and README of cmd/tweetarc with each platform's binary that this
# machine can run: natively, by qemu-user or by Wine. It installs the wheel, and builds
# and runs the image. It says SKIP and why for what it cannot test.
set -euo pipefail
dist=$(cd "${1:?usage: test.sh FOLDER}" && pwd)
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compgen -G "$dist/tweetarc_*" >/dev/null || { echo "there is no release in $dist" >&2; exit 1; }

skip() { echo "SKIP $*" >&2; }
unpack() { # unpacks a platform's archive and names its folder $dir, which is empty if there is none
  local archive
  dir=
  archive=$(compgen -G "$dist/tweetarc_*_$1.*") || { skip "$1: it is not in $dist"; return 0; }
  case $archive in *.zip) unzip -q "$archive" -d "$work" ;; *) tar -xzf "$archive" -C "$work" ;; esac
  archive=${archive##*/} archive=${archive%.tar.gz} archive=${archive%.zip}
  if grep -raF -l -e "$HOME/" -e "$PWD/" "$work/$archive"; then
    echo "$1: it contains a path of this machine" >&2
    exit 1
  fi
  dir=$work/$archive
}
try() { # runs the tests that a pattern names with a binary
  TWEETARC_BIN=$2 go test ./cmd/tweetarc -count=1 -run "$1"
}
load() { # archives 20,000 articles of made-up words with a binary, which makes SQLite work
  awk 'BEGIN {
    srand(4)
    for (i = 0; i < 4000; i++) for (k = 2 + rand() * 8; k > 0; k--) word[i] = word[i] sprintf("%c", 97 + rand() * 22)
    for (i = 0; i < 20000; i++) {
      printf "{\"text\":\"Said so.\\n\\n"
      for (j = 0; j < 16; j++) printf "%s ", word[int(rand() * 4000)]
      printf ". — Ada %s (@%s_%d) May %d, 2019\"}\n", word[i % 4000], word[int(rand() * 4000)], i % 999, 1 + i % 28
    }
  }' >"$work/load.jsonl"
  "$1" archive -q --db "$work/load.db" "$work/load.jsonl" 2>&1 | grep -x "20000 articles, 20000 with tweets, 20000 embeds"
  rm "$work"/load.*
}
runner() { # makes a script that starts a binary by another program, and says its path
  printf '#!/bin/sh\nexec %s "$@"\n' "$1" >"$work/run"
  chmod +x "$work/run"
  echo "$work/run"
}

echo "checksums"
(cd "$dist" && sha256sum --quiet -c SHA256SUMS)

echo "linux/amd64"
unpack linux_amd64
if [ -n "$dir" ]; then
  if [ "$(uname -sm)" = "Linux x86_64" ]; then
    try 'TestScripts|TestReadme' "$dir/tweetarc"
    load "$dir/tweetarc"
    if [ "$(id -u)" = 0 ]; then # without libc, a shell or /tmp
      (cd "$dir" && chroot . /tweetarc archive fixtures/articles && chroot . /tweetarc search --format table bridge)
    else
      skip "linux/amd64 in an empty folder: only root may chroot"
    fi
  else
    skip "linux/amd64: this is $(uname -sm)"
  fi
fi

echo "linux/arm64"
unpack linux_arm64
if [ -n "$dir" ]; then
  if [ "$(uname -sm)" = "Linux aarch64" ]; then
    try 'TestScripts|TestReadme' "$dir/tweetarc"
  elif qemu=$(command -v qemu-aarch64-static || command -v qemu-aarch64); then
    try 'TestScripts|TestReadme' "$(runner "$qemu $dir/tweetarc")"
    load "$work/run"
  else
    skip "linux/arm64: there is no qemu-aarch64"
  fi
fi

echo "windows/amd64"
unpack windows_amd64
if [ -n "$dir" ]; then
  wine=$(command -v wine64 || command -v wine || ls /usr/lib/wine/wine64 2>/dev/null || true)
  if [ -n "$wine" ]; then
    export WINEPREFIX=$work/wine WINEDEBUG=-all
    "$wine" wineboot >/dev/null 2>&1 || true
    random=$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll
    if ! [ -e "$random" ]; then # Go needs it, and Wine before 9 lacks it
      zig=${ZIG:-$(compgen -G "${XDG_CACHE_HOME:-$HOME/.cache}/tweetarc-zig-*/lib/python*/site-packages/ziglang/zig" | tail -n 1)}
      "$zig" cc -target x86_64-windows-gnu -shared -o "$random" cmd/tweetarc-release/testdata/bcryptprimitives.c -ladvapi32
    fi
    try TestReadme "$(runner "$wine $dir/tweetarc.exe")"
    load "$work/run"
    "$wine" wineboot --kill >/dev/null 2>&1 || true
  else
    skip "windows/amd64: there is no Wine"
  fi
fi

for arch in amd64 arm64; do
  echo "darwin/$arch"
  unpack darwin_$arch
  if [ -n "$dir" ]; then
    case $(uname -sm) in
      "Darwin arm64" | "Darwin x86_64") try 'TestReadme' "$dir/tweetarc" ;; # one of the two by Rosetta
      *) skip "darwin/$arch: this is $(uname -s)" ;;
    esac
  fi
done

echo "wheel"
case $(uname -sm) in
  "Linux x86_64") platform=manylinux_2_17_x86_64 ;;
  "Linux aarch64") platform=manylinux_2_17_aarch64 ;;
  "Darwin arm64") platform=macosx_12_0_arm64 ;;
  *) platform=macosx_12_0_x86_64 ;;
esac
if wheel=$(compgen -G "$dist/tweetarc-*-py3-none-$platform*.whl"); then
  cmd/tweetarc-python/test.sh "$wheel"
else
  skip "wheel: there is none for $platform in $dist"
fi

echo "container"
if command -v buildah >/dev/null && [ "$(id -u)" = 0 ] && compgen -G "$dist/tweetarc_*_linux_amd64.tar.gz" >/dev/null; then
  version=$(basename "$dist"/tweetarc_*_linux_amd64.tar.gz) version=${version#tweetarc_} version=${version%_linux_amd64.tar.gz}
  image() { buildah --root "$work/images" --runroot "$work/run-images" --storage-driver vfs "$@"; }
  image bud -q --isolation chroot --build-arg VERSION="$version" -t tweetarc "$dist" >/dev/null
  container=$(image from tweetarc)
  mkdir "$work/data" && cp -r fixtures/articles "$work/data" && chown -R 65532 "$work/data"
  image run --isolation chroot -v "$work/data:/data" "$container" -- tweetarc archive articles
  test "$(stat -c %u "$work/data/tweets.db")" = 65532
  image rm -a >/dev/null
else
  skip "container: it needs buildah, root and linux/amd64"
fi
