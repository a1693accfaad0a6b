"""``python -m e2e_linker``."""

from __future__ import annotations

from e2e_linker.cli import main

if __name__ == "__main__":
    main()
