# Sourced by the commands of this folder: where things are, help, set-up and build.
# SPDX-License-Identifier: GPL-2.0-only
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
command_name=scripts/$(basename "$0")
build=$root/build
export PYTHONPATH=$root/scripts PYTHONDONTWRITEBYTECODE=1

fail() { echo "$command_name: $1" >&2; exit 1; }

# The help of a command is the comment at its top.
help() { sed -n '3,/^[^#]/s/^# \{0,1\}//p' "$0"; }

help_if_asked() { case " $* " in *" --help "* | *" -h "*) help && exit 0 ;; esac; }

# expect WHAT [ARGUMENTS]: without arguments the command says how it is used, and fails.
expect() { [ $# -gt 1 ] || { help >&2; fail "expected $1"; }; }

set_up() { "$root/scripts/setup" --quiet; }

# configure [CMAKE-ARGUMENTS]: once, and again whenever the arguments are new to the build folder.
configure() {
  local log=$build.configure.log
  [ -f "$build/build.ninja" ] && [ $# -eq 0 ] && return
  cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE="${build_type:-Release}" "$@" >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; fail "configuring the build failed; the whole log is $log"; }
  rm -f "$log"
}

# add_new_program NAME: a file that has just been put into scratch/ becomes a target.
add_new_program() {
  [ -n "${IOT_PROGRAMS:-}" ] || [ -x "$build/bin/$1" ] || [ ! -f "$root/scratch/$1.cc" ] || configure -Wno-dev
}

# build_targets [TARGETS]: all of them when none is named; says nothing when nothing is to be done.
# IOT_PROGRAMS=FOLDER in the environment uses ready-made programs and builds nothing.
build_targets() {
  [ -n "${IOT_PROGRAMS:-}" ] && return
  configure
  for target; do
    ninja -C "$build" -t query "$target" >/dev/null 2>&1 ||
      fail "no program $target: expected one of examples/ or scratch/"
  done
  if ninja -C "$build" -n "$@" 2>/dev/null | grep -q 'no work to do'; then return; fi
  echo "Building (a few minutes the first time) ..." >&2
  ninja -C "$build" "$@" >&2 || fail "the build failed; the first error is above"
}

# program_of ARGUMENT: scratch/NAME.cc or NAME -> NAME, the target and the program in build/bin
program_of() {
  case $1 in
    *.cc)
      [ -f "$1" ] || [ -f "$root/$1" ] || fail "no such file: $1 (expected scratch/NAME.cc)"
      [ "$(basename "$(dirname "$1")")" = scratch ] || fail "$1 is not in scratch/: expected scratch/NAME.cc"
      basename "$1" .cc
      ;;
    *) echo "$1" ;;
  esac
}
