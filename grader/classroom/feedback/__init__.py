"""How verdicts are told: comments, tables, pages. Pure text from verdicts; decides nothing."""
