#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image of this assignment.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq bubblewrap util-linux

fits() {
    command -v "$1" >/dev/null && "$1" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}
newest() {
    for python in python3.14 python3.13 python3.12 python3.11 python3; do
        if fits "$python"; then echo "$python"; return; fi
    done
}
python=$(newest)
if [[ -z $python ]]; then
    apt-get install -y -qq python3.12 python3.12-venv || apt-get install -y -qq python3.11 python3.11-venv
    python=$(newest)
fi
cd "${AUTOGRADER:-/autograder}/source/course"
"$python" -m grader install grade
