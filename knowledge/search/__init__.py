"""The search over the knowledge base: words in, ranked articles with a confidence out."""
