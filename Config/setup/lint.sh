#!/bin/sh
# Format and syntax, which need no build: works with the Swift toolchain alone; Python files are
# checked where there is a Python. The repository's rules are tests (Tests/RepositoryTests), because
# each proves that it can fail: `make test` runs them.
set -eu

cd "$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)"

finding=0
note() { printf 'lint: %s\n' "$*"; finding=1; }

swift format lint --strict --recursive --parallel Package.swift Sources Tests Config \
    || note "swift format has findings; most are mended by: swift format -i --recursive Sources Tests"

if command -v python3 >/dev/null 2>&1; then
    python3 - <<'CHECK' || note "a Python file has a syntax error"
import ast, pathlib, sys
failed = False
for path in sorted(p for top in ("Tests", "Config", "Vectors") for p in pathlib.Path(top).rglob("*.py")):
    if ".build" in path.parts:
        continue
    try:
        ast.parse(path.read_text(encoding="utf-8"), str(path))
    except SyntaxError as error:
        print(f"{path}:{error.lineno}: {error.msg}")
        failed = True
sys.exit(failed)
CHECK
fi

for script in Config/setup/*.sh .ci/run; do
    sh -n "$script" || note "$script has a syntax error"
done

if [ "$finding" -eq 0 ]; then echo "lint: no findings"; fi
exit "$finding"
