"""The Tessella platform: the library as a web application.

Low to high: ``common`` → ``ui`` → ``accounts`` → ``registers`` → ``catalogue`` → ``credentials`` → ``pages`` | ``api`` → ``config``.
Inside each app: ``models`` (fields and invariants), ``domain`` (the verbs, the only code that changes state), ``queries`` (reads),
``tasks`` (thin wrappers). Pages and API call domain functions; neither signs or verifies itself.
"""
