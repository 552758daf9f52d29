#!/usr/bin/env python3
"""Runs the acceptance of the replay that lies outside the project, in the folder LEAT_SHARED names; skips where it is absent."""
import os
import pathlib
import subprocess
import sys

script = pathlib.Path(os.environ.get("LEAT_SHARED", "../shared")) / "accept" / "replay"
if not script.exists():
    print("skipped: no accept/replay in the folder LEAT_SHARED names\n0 passed, 0 failed, 1 skipped")
    sys.exit(0)
binary = os.environ.get("LEAT_BINARY", "build/leat")
sys.exit(subprocess.run([sys.executable, script, "--binary", binary], check=False).returncode)
