"""What Alexa is, as data with sources: addresses, thresholds, requirements, and the limits of common servers."""
