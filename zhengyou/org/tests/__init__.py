"""Tests of the organisation; `builder` makes the small school that the other rooms' tests use too."""
