"""Getting back into an account whose addresses died: emergency codes, a second way to sign in, and an issuer's identity check."""
