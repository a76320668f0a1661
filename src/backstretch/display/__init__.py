"""Display: what is looked at, as pictures, HTML pages and terminal pages."""
