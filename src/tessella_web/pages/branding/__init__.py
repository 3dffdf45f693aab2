"""How certificates look."""
