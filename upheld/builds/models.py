"""Releases and the builds given out of them; what builds report, by number; and the figures about many of them.

Only `Issued` is about a person, and only it leads from one to a number; it is sealed, and no number leads back.
"""

from django.db import models
from uuid_utils.compat import uuid7

from upheld.vault import Personal, Sealed

CHANNELS = ("stable", "beta", "nightly")
PLATFORMS = ("windows-x64", "macos-x64", "linux-x64", "linux-arm64", "oculus-mobile", "magicleap", "any")
PERIODS = ("day", "week", "month")


class Release(models.Model):
    """One version of a product for one platform. What was published stays as it is; it can be withdrawn."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.CharField(max_length=64)  # of the policy's products
    version = models.CharField(max_length=64)  # Semantic Versioning 2.0.0
    platform = models.CharField(max_length=20, choices=[(each, each) for each in PLATFORMS])
    channel = models.CharField(max_length=10, choices=[(each, each) for each in CHANNELS], default="stable")
    notes = models.TextField(blank=True)  # Markdown
    name = models.CharField(max_length=120)  # of the file, as it is downloaded
    size = models.BigIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)  # hexadecimal, of the file before it is stamped; its name in artefacts/
    sha512 = models.CharField(max_length=128, blank=True)  # of the same, for electron-updater; empty for an address
    address = models.URLField(blank=True, max_length=500)  # where the file is, when it is not kept here
    signature = models.TextField(blank=True)  # the publisher's own over the file, Base64 (Ed25519, as Sparkle has it)
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "version", "platform"], name="released_once")]
        indexes = [models.Index(fields=["product", "-published_at"], name="releases_of_product")]

    def __str__(self) -> str:
        return f"{self.product} {self.version} for {self.platform}"


class Upload(models.Model):
    """A file on its way here, in pieces (tus 1.0.0). Its bytes are in artefacts/uploads/, under its id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    member = models.UUIDField()  # who of the staff sends it
    name = models.CharField(max_length=120)
    size = models.BigIntegerField()  # bytes, when it is whole
    received = models.BigIntegerField(default=0)
    begun_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.received} of {self.size} bytes"


class Issued(Personal):
    """That somebody was given a build: the one way from a person to a number. No way leads back."""

    number = Sealed("build")
    release = models.UUIDField()
    handed_on = models.BooleanField(default=False)  # to people who never signed up: what it reports is theirs

    def __str__(self) -> str:
        return f"a build of {self.release}"


class Build(models.Model):
    """A build that reported or was stopped, under a keyed digest of its number. About nobody whom we could name."""

    id = models.BigIntegerField(primary_key=True)  # upheld.builds.numbers.build_id
    product = models.CharField(max_length=64)
    stopped = models.BooleanField(default=False)
    erased_through = models.DateField(null=True)  # the day up to which it takes no reports: they were deleted
    weeks = models.BinaryField(default=b"")  # in which weeks it was active, see upheld.builds.weeks

    def __str__(self) -> str:
        return f"a build of {self.product}"


class Counted(models.Model):
    """What one build counted in one month (`upheld.builds.counts`)."""

    id = models.BigIntegerField(primary_key=True)  # upheld.builds.counts.row_id
    build = models.BigIntegerField()
    month = models.DateField(db_index=True)  # its first day
    product = models.CharField(max_length=64)
    cells = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Report(models.Model):
    """A report that was taken and is not counted yet: for an hour."""

    build = models.BigIntegerField(db_index=True)
    product = models.CharField(max_length=64)
    months = models.BinaryField()  # msgpack: [[first day of a month, cells], …]

    def __str__(self) -> str:
        return f"a report about {self.product}"


class Figure(models.Model):
    """A table of figures about many builds of a product in one period: made once, and never changed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.CharField(max_length=64)
    period = models.CharField(max_length=5, choices=[(each, each) for each in PERIODS])
    start = models.DateField()  # the period's first day; a week begins on Monday (ISO 8601)
    view = models.CharField(max_length=90)  # which table: upheld.builds.publishing
    blocks = models.JSONField()  # groups of builds, none smaller than the threshold, each with its figure

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "period", "start", "view"], name="published_once")]
        indexes = [models.Index(fields=["product", "period", "view", "start"], name="figures_of_view")]

    def __str__(self) -> str:
        return f"{self.view} of {self.product}, {self.period} of {self.start}"
