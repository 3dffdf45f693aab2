"""How long an issuer keeps the file of an award, by a rule that is published; afterwards the award still verifies."""
