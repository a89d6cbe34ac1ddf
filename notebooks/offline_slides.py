"""Settings for slides that need no network; see "Slides" in README.md beside this file."""

from traitlets.config import get_config

FOLDER = "offline/node_modules"  # what npm fetched, as seen from the page of the slides

c = get_config()
c.SlidesExporter.reveal_scroll = True
c.SlidesExporter.reveal_width = "1320"  # a line of code fits
c.SlidesExporter.reveal_height = "743"
c.SlidesExporter.reveal_url_prefix = f"{FOLDER}/reveal.js"
c.SlidesExporter.require_js_url = f"{FOLDER}/requirejs/require.js"
c.SlidesExporter.jquery_url = f"{FOLDER}/jquery/dist/jquery.min.js"
c.SlidesExporter.mathjax_url = f"{FOLDER}/mathjax/MathJax.js?config=TeX-AMS_CHTML-full"
