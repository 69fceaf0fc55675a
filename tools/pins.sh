#!/bin/sh
# Resolves the pinned requirements again, with the hash of every wheel of each version and no index named in them.
# Run it with the oldest Python that is supported: what that one needs, the newer ones need too.
set -eu
cd "$(dirname "$0")/.."
tools=.cache/pins
[ -x "$tools/bin/pip-compile" ] || {
    "${PYTHON:-python3}" -m venv "$tools"
    "$tools/bin/pip" install --quiet pip-tools
}
compile() {
    CUSTOM_COMPILE_COMMAND="make pins" "$tools/bin/pip-compile" --quiet --generate-hashes --strip-extras \
        --allow-unsafe --no-emit-options --no-emit-index-url --no-emit-trusted-host --no-emit-find-links "$@" pyproject.toml
}
compile --extra postgresql --extra s3 --output-file requirements/runtime.txt
compile --all-extras --build-deps-for editable -c requirements/runtime.txt --output-file requirements/development.txt
