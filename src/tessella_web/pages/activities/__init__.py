"""Short ways for youth work: describe a record in plain words, hand it out at an event or for tasks, ask an outside view."""
