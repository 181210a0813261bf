"""How an image is made. A library: no HTTP, no templates, knows no users, imports nothing from ``cases``."""
