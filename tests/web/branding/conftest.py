"""Keys and files of each test for itself, and the published example."""

from tests.web.credentials.conftest import own_places, record, sealing_keys, version

__all__ = ["own_places", "record", "sealing_keys", "version"]
