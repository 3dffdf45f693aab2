"""Taking a wallet along: one ZIP of open formats with a table of contents, and that ZIP taken in elsewhere without loss."""
