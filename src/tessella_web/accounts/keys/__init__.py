"""The keys an organisation seals with: made, rotated and revoked here, wrapped by a key that lies outside the database."""
