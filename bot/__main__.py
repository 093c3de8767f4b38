"""``python -m bot`` is the command ``insop``."""

import sys

from bot.cli import main

sys.exit(main())
