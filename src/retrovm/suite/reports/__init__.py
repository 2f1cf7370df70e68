"""Reports of a run for other programs and for people, one form a file: each has `text(report)`, which returns the whole.

    junit       XML as Ant, Surefire, Jenkins and most other services read it
    tap         the Test Anything Protocol, for `prove`
    as_json     everything, as JSON; the schema is in `docs/suite-report.schema.json`
    html        a page to look at, in one file
"""
