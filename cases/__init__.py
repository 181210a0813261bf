"""What people do with images: order, curate, ask, answer, score. Knows no torch."""
