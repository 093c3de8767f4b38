"""The network's good-practice knowledge base: articles, sources, contacts and the search over them.

Pure: nothing here knows a chat platform or a database, and after loading nothing reads a file.
"""
