"""The trusted side: hidden inputs, reference answers and the ledger that points come from."""
