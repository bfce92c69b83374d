"""What a teacher runs: release, sandbox, grade, report. The only part that knows of classes."""
