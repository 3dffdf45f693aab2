"""How the certificates of an organisation look: logo, colour, who signs, in which languages."""
