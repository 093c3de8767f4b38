"""The assistant: platforms, dispatch, storage and delivery."""
