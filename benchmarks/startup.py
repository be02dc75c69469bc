"""How long it takes until the first word: imports and help, beyond Python's own start.

Targets: `medassay --help` under 0.3 s, `medassay run --help` under 0.4 s, `import medassay` under 0.1 s.
"""

import statistics
import subprocess
import sys
import time

RUNS = 9


def median_seconds(*words: str) -> float:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


bare = median_seconds("-c", "pass")
print(f"python -c pass         {bare:.3f} s")
print(f"import medassay        {median_seconds('-c', 'import medassay') - bare:.3f} s beyond it")
print(f"medassay --help        {median_seconds('-m', 'medassay', '--help'):.3f} s")
print(f"medassay run --help    {median_seconds('-m', 'medassay', 'run', '--help'):.3f} s")
