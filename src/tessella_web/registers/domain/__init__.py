"""The verbs about bodies, claims, registers and imports."""
