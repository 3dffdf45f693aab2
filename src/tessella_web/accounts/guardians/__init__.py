"""People under age: the limit of their country, who agrees for them, and the end of all that when they come of age."""
