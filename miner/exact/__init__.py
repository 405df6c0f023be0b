"""Exact runtimes: the canonical integer model executed, converted, proven and trained."""
