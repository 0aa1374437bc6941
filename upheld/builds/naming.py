"""Which versions have a figure of their own in a week, and which are told together as others.

It is decided by what everybody may know, before anything is counted: when versions were published, and which figures
were. Were it decided by the counts, the choice itself would tell of them.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

OTHER = "other"
YOUNG = timedelta(weeks=8)  # for so long a version is named, whether it has figures or none
REVIEW = 8  # weeks: in one of so many, every version is named, to see whether it is used again

Label = tuple[str, str]
"""Version and platform; either can be OTHER."""


def labels(released: Mapping[Label, date], monday: date, before: Collection[Label]) -> dict[Label, Label]:
    """Under which label each version is told in the week of `monday`.

    After a week without any figures, all are named. `released`: on which day each version was published; `before`: the
    labels that had a figure in the week before.
    """
    week = monday.toordinal() // 7
    told: dict[Label, Label] = {}
    for at, (label, day) in enumerate(sorted(released.items(), key=lambda each: (each[1], each[0]))):
        others = (OTHER, label[1])
        if not before or label in before or day > monday - YOUNG or (week + at) % REVIEW == 0:
            told[label] = label
        elif others in before or week % REVIEW == 0:
            told[label] = others
        else:
            told[label] = (OTHER, OTHER)
    return told
