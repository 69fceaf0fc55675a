#!/bin/sh
# Makes .venv from the pinned requirements and installs the project into it; does nothing when nothing has changed.
# What counts as changed is content, not file times: a fresh clone, a moved folder and another Python all differ.
set -eu
cd "$(dirname "$0")/.."
root=$(pwd)
pins=requirements/development.txt
stamp=.venv/.installed

say() { printf '%s\n' "env: $*" >&2; }
stop() { say "$*"; exit 1; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if command -v "$candidate" >/dev/null 2>&1 && new_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    stop "Python 3.11 or newer is needed and ${PYTHON:-python3} is not. Install it, or: make env PYTHON=/path/to/python3.12"
}

# Debian and Ubuntu ship python3 without ensurepip; root (a container, a CI machine) may mend that at once.
make_venv() {
    rm -rf .venv
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv .venv
    elif [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        say "python3-venv is missing; installing it with apt-get"
        { apt-get install -y -q python3-venv || { apt-get update -q && apt-get install -y -q python3-venv; }; } >&2
        "$python" -m venv .venv
    elif "$python" -m pip --version >/dev/null 2>&1; then
        say "python3-venv is missing; using the pip that is here"
        "$python" -m venv --without-pip .venv
    else
        stop "python3 came without its venv module. Run: sudo apt install python3-venv"
    fi
}

pip_install() {
    if [ -x .venv/bin/pip ]; then
        .venv/bin/python -m pip install "$@"
    else
        "$python" -m pip --python .venv/bin/python install "$@"
    fi
}

# Two verbs started at once must not build one folder together.
mkdir -p .cache
if command -v flock >/dev/null 2>&1; then
    exec 9>.cache/environment.lock
    flock 9
fi

python=$(find_python)
wanted=$(
    { printf '%s\n' "$root" "$("$python" -VV)"; cat "$pins" pyproject.toml hatch_build.py "$0"; } | sha256sum
)

if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ] || ! .venv/bin/python -c '' 2>/dev/null; then
    rm -f "$stamp"
    say "making .venv with $("$python" -V) (less than a minute on a good line)"
    { .venv/bin/python -c "import sys; sys.exit(sys.prefix != '$root/.venv')" &&
        [ "$(.venv/bin/python -VV)" = "$("$python" -VV)" ]; } 2>/dev/null || make_venv
    pip_install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$pins"
    pip_install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
    printf '%s\n' "$wanted" >"$stamp"
    say "ready"
fi
.venv/bin/python hatch_build.py
