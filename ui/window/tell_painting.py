"""A program of its own for `doctor`: who would paint in the window, as a line of JSON."""

from __future__ import annotations

import json
import sys

from ..picture.gl.choice import try_gpu
from .app import bare_application


def main() -> int:
    """Print `by_gpu`, `reason`, and what the driver says of itself where there is one."""
    # Qt asks for it until it ends.
    app = bare_application()
    painting = try_gpu(takes_software=False)
    driver = painting.driver
    told = {
        "by_gpu": painting.by_gpu,
        "reason": painting.reason,
        "levels": painting.levels,
        "platform": app.platformName(),
        "vendor": "" if driver is None else driver.vendor,
        "renderer": "" if driver is None else driver.renderer,
        "version": "" if driver is None else driver.version,
    }
    sys.stdout.write(json.dumps(told) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
