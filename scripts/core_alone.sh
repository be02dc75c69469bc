#!/usr/bin/env bash
# What the core must do without torch: import, help, list, show, score. Run in its environment.
set -euo pipefail
work=$1
cd "$work"
python - <<'PY'
import importlib.util, sys
assert importlib.util.find_spec("torch") is None, "torch came with the core"
import medassay
assert "numpy" not in sys.modules, "import medassay should load nothing"
print("medassay", medassay.__version__, "without torch")
PY
medassay --help >/dev/null
medassay list
medassay show phantom >/dev/null
python - <<'PY'
import json
from medassay.workflows.resolve import resolve_benchmark
samples = list(resolve_benchmark("phantom@vqa:n=20").samples())
with open("answers.jsonl", "w") as file:
    for sample in samples:
        file.write(json.dumps({"id": sample.id, "response": sample.target.texts[0]}) + "\n")
PY
medassay score --benchmark phantom@vqa:n=20 --predictions answers.jsonl --out scored
medassay score --benchmark phantom@vqa:n=20 --predictions answers.jsonl --json | python -c '
import json, sys
result = json.load(sys.stdin)
[accuracy] = [e for e in result["estimates"] if (e["metric"], e["slice"]) == ("accuracy", "all")]
assert accuracy["value"] == 1.0 and accuracy["unscored"] == 0, accuracy
print("gold answers score", accuracy["value"], "over", accuracy["n"], "rows")'
test -s scored/report.html
if medassay run --model demo-vlm --benchmark phantom 2>error.txt; then echo "ran without torch?"; exit 1; fi
grep -q "pip install 'medassay\[local\]'" error.txt && cat error.txt
