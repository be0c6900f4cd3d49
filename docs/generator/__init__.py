"""The generated part of docs/: each module makes pages from the code or from recorded data."""
