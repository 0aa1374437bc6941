"""The checks of builds: what rests under their numbers, what is refused, and what the figures about them tell."""

from upheld.builds.checks import figured, given, places, refusing, resting
from upheld.policy import Promise
from upheld.policy.checks import Finding, check


@check(
    Promise.BUILD_NUMBER,
    how="Every row of what builds counted, and every report that waits, is unpacked: it must hold declared events with "
    "declared values, of a version that was published for that platform, and nothing else.",
)
def counted() -> Finding:
    return resting.counted()


@check(
    Promise.BUILD_NUMBER,
    how="Reports with one fault each are given to the code that takes every report: a field or event that is not "
    "declared, an address as a value or in place of a count, a number that was made up. Each must be refused for that "
    "fault, with nothing of it said back or kept.",
)
def refused() -> Finding:
    return refusing.refused()


@check(
    Promise.BUILD_NUMBER,
    how="The columns of the tables about builds are read from the database and compared with a list in "
    "upheld/builds/checks/places.py, in which no column can hold a network address or a free text.",
)
def columns() -> Finding:
    return places.columns()


@check(
    Promise.BUILD_NUMBER,
    how="The source in upheld/api and upheld/builds is read: nothing in it may ask for the network address, host or "
    "program that a report came from.",
)
def origins() -> Finding:
    return places.origins()


@check(
    Promise.SCOPE,
    how="Every release, build, count and figure must be of a product that a published policy names, and a report about "
    "any other product be refused for that.",
)
def products() -> Finding:
    rows, sent = resting.named(), refusing.unnamed()
    details = (*rows.details, *sent.details)
    return Finding(not details, f"{rows.figure}; {sent.figure}", details)


@check(
    Promise.SIGN_UP_FIRST,
    how="Everybody who was given a build must have an account.",
)
def accounts() -> Finding:
    return given.to_accounts()


@check(
    Promise.SIGN_UP_FIRST,
    how="The verb that gives out builds is asked for one by a visitor and by somebody who has no account, and must "
    "refuse both.",
)
def guests() -> Finding:
    return given.to_nobody_else()


@check(
    Promise.SIGN_UP_FIRST,
    how="The program's source is read: only the files named in upheld/builds/checks/given.py may make the number of a "
    "build.",
)
def one_way() -> Finding:
    return given.by_one_way()


@check(
    Promise.BUILD_NUMBER,
    how="Every table of figures that was published is read: each group must be of as many builds as the policy's "
    "threshold at least, its figure a multiple of it, and no build be in two groups of a table.",
)
def figures() -> Finding:
    return figured.thresholds()
