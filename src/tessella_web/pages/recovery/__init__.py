"""Getting back into an account, and the staff that confirms who asks."""
