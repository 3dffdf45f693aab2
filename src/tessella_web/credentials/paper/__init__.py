"""Awards on paper: sheets for people without a mail address or a telephone, checked by anybody, taken into a wallet later."""
