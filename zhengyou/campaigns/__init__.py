"""Campaigns: from a checked pack to everybody's duties, and the one definition of owed, open and met."""
