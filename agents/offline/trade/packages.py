"""What a registry says of a package: its versions, its licence, how often it is fetched."""

from datetime import datetime, timedelta
from random import Random

from agents.schema import JsonObject, words


def list_versions(tool: str, package: str, moment: datetime) -> JsonObject:
    """The last releases of a package, the newest first, weeks apart."""
    rng, day, listed = Random(package), moment - timedelta(days=3), list[JsonObject]()
    major, minor, patch = map(int, describe_package(tool, package)["version"].split("."))
    for step in range(rng.randint(4, 6)):
        day -= timedelta(days=rng.randint(9, 60))
        patch = rng.randint(0, 4) if step else patch
        listed.append({"version": f"{major}.{max(minor - step, 0)}.{patch}", "released_on": f"{day:%Y-%m-%d}"})
    return {"name": package, "versions": listed[: minor + 1]}


def describe_package(tool: str, package: str) -> JsonObject:
    """What a registry says of a package: each registry counts for itself."""
    registry = next((word for word in words(tool) if word in ("npm", "pypi", "cargo", "nuget", "golang", "maven")), "")
    rng = Random(f"{registry}/{package}")
    # what is called by its group as well, as in Maven, has been around for long
    version = f"{rng.randint(6, 9) if ':' in package else rng.randint(0, 6)}.{rng.randint(3, 14)}.{rng.randint(0, 9)}"
    licence = rng.choice(("MIT", "MIT", "Apache-2.0", "BSD-3-Clause"))
    return {"name": package, "version": version, "license": licence, "downloads": rng.randrange(1_200, 480_000, 10)}
