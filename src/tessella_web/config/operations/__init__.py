"""What an operator needs: health, logs without personal data, metrics, limits, backups."""
