"""The teacher that ships: rule-based, stateful, deterministic, without a key or a network."""

from agents.offline.model import FINGERPRINT, OfflineTeacher, prompt, reply, tokens

__all__ = ["FINGERPRINT", "OfflineTeacher", "prompt", "reply", "tokens"]
