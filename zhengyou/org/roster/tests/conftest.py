"""The small school, as everywhere in the organisation."""

from zhengyou.org.tests.conftest import school

__all__ = ["school"]
