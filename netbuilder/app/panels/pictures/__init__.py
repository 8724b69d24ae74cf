"""Pictures of numbers that several panels show."""
