"""Roster import: a stranger's workbook -> guarded reading -> a diff one can read -> one transaction."""
