"""What a teacher runs: release, sandbox, grade, report. The only part that knows of classes."""

import sys

# jsonschema, which nbformat imports, takes this package for checking one kind of address that no
# notebook has. It builds a grammar when it is imported: 1.2 CPU seconds for every process.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
