"""The one HTTP server: health, metrics, the webhook, calendar feeds, links in mails."""
