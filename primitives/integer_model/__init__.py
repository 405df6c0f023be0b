"""The canonical integer model: a transformer in integers that a contract can execute step by step.

``manifest`` is a model's shape and its Merkle tree, ``arithmetic`` the rules of every operation,
``request`` and ``trace`` the commitments, ``program`` the micro-steps of a trace leaf, ``steps``
one of them, ``adjudicator`` the judge of a bisection game.
"""
