"""A provider: a platform on which workers answer, and all that other rooms ask about it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Provider:
    """A platform on which workers answer."""

    name: str  # As tables have it, and the beginning of its workers' whole names (`name:server:id`)
    title: str  # What people call it
    # The platform pays workers for what is approved, and takes a fee; else the requester pays by hand
    pays: bool = False
    # The form of its workers' ids, and that form in words: others were made by hand. None for any form.
    worker_id: re.Pattern[str] | None = None
    worker_id_form: str = ""
    # Ids that can be of no other provider's worker; None where an id says nothing by itself
    telling_id: re.Pattern[str] | None = None
    user_name: str = ""  # A column of its files that names a worker as the id does; '' where there is none
