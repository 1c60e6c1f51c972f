"""The teacher that ships: rule-based, stateful, deterministic, without a key or a network."""

from agents.offline.model import OfflineTeacher, reply, tokens

__all__ = ["OfflineTeacher", "reply", "tokens"]
