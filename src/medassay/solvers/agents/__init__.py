"""Several agents on one case: each is the model under test in another role, with a memory of its own."""
