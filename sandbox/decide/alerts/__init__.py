"""Rules and detectors over scraped series, from inactive to pending to firing and back."""
