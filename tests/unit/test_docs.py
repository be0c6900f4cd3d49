"""What in docs/ is generated is as the code would generate it now."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_generated_docs_have_not_drifted() -> None:
    check = [sys.executable, str(ROOT / "docs" / "generate"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
