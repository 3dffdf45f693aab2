"""The only package that does input and output: files, spreadsheets, the network, key stores, the clock."""
