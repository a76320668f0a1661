"""Coaching: what is said and shown to somebody who is led."""
