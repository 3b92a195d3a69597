"""`python -m tests.docs.reference`: write the generated parts of the reference pages."""

from tests.docs.reference import pages

for page, text in pages().items():
    page.write_text(text, "utf-8")
