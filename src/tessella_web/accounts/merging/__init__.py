"""Two accounts of one person become one: everything moves, nothing is lost, and the emptied account is gone."""
