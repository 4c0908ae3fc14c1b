"""What the template tags draw with: assets, figures as text, small pictures, form fields."""
