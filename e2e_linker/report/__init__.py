"""What is told: the published report document, and the shapes it is shown in."""
