"""Wire formats and the record: each sub-package reads one format into the record and writes it from there."""
