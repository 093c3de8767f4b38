"""Drawing with words in six languages: lettering, fonts and charts, from SVG to PNG."""
