"""Import times in fresh interpreters, and which heavy packages come along.

Run ``python examples/benchmarks/bench_import.py``. Times of the whole process, nothing subtracted, the best of several;
the processor time is steadier than the clock on a busy machine. Goals: ``import seqaug_sklearn`` 0.2 s, ``from
seqaug_sklearn import WindowAugmenter`` 1.2 s without torch.
"""

import argparse
import os
import platform
import subprocess
import sys
import time

HEAVY = ("torch", "sklearn", "imblearn", "skorch", "shap", "pandas", "matplotlib")
STATEMENTS = {
    "pass": None,
    "import seqaug_sklearn": 0.2,
    "from seqaug_sklearn import WindowAugmenter": 1.2,
    "from seqaug_sklearn import OneHotEncoder": None,
    "import sklearn.base": None,
}


def processor_time():
    times = os.times()
    return times.children_user + times.children_system


def seconds(statement, repeats):
    """Best clock time and best processor time."""
    clock, processor = [], []
    for _ in range(repeats):
        begin, used = time.perf_counter(), processor_time()
        subprocess.run([sys.executable, "-c", statement], check=True)
        clock.append(time.perf_counter() - begin)
        processor.append(processor_time() - used)
    return min(clock), min(processor)


def loaded(statement):
    code = f"import sys; {statement}; print(*[name for name in {HEAVY} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.strip()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    print(f"{'statement':46}{'seconds':>9}{'processor':>11}{'goal':>7}  loads")
    for statement, goal in STATEMENTS.items():
        clock, processor = seconds(statement, options.repeats)
        print(f"{statement:46}{clock:9.3f}{processor:11.3f}{goal or '-':>7}  {loaded(statement) or '-'}")


if __name__ == "__main__":
    main()
