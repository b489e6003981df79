"""Hip rotation, sitting or lying: internal and external, hip and knee at 90 degrees."""
