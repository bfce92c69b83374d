"""What a teacher reads of a class: tables, pages, statistics, progress."""
