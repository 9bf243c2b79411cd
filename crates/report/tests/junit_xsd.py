#!/usr/bin/env python3
"""Holds the JUnit reports of all samples against the schema of Jenkins' xUnit plugin.

The schema is part of pytest's source distribution and is fetched with pip; xmllint (Debian:
libxml2-utils) validates. Usage: junit_xsd.py [SCHEMA]; without an argument the schema is fetched.
"""

import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile

PYTEST = "pytest==9.2.0"
MEMBER = "testing/example_scripts/junit-10.xsd"


def fetch(folder: pathlib.Path) -> pathlib.Path:
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:",
         "--dest", folder, PYTEST],
        check=True,
    )
    schema = folder / "junit-10.xsd"
    with tarfile.open(next(folder.glob("pytest-*.tar.gz"))) as archive:
        name = next(name for name in archive.getnames() if name.endswith(MEMBER))
        schema.write_bytes(archive.extractfile(name).read())
    return schema


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        schema = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else fetch(folder)
        samples = folder / "samples"
        samples.mkdir()
        subprocess.run(
            ["cargo", "test", "--quiet", "--package", "tidegate-report", "--lib",
             "junit::tests::every_sample_is_well_formed"],
            check=True,
            env={**os.environ, "JUNIT_SAMPLES": str(samples)},
        )
        reports = sorted(samples.glob("*.xml"))
        if not reports:
            sys.exit("no sample was written")
        subprocess.run(["xmllint", "--noout", "--schema", schema, *reports], check=True)


if __name__ == "__main__":
    main()
