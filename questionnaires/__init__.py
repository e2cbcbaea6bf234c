"""What is asked, of whom, and where: the pure model that the web and the analysis share."""
