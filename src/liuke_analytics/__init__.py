"""Statistics of leaving customers, from any order file. Knows neither Django nor the product."""
