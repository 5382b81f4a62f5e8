"""pyarrow's compute functions, which it makes at run time: no type checker can see them by name."""

from typing import Any

import pyarrow.compute

compute: Any = pyarrow.compute
