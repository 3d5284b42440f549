"""Organisation: persons, units, affiliations and posts, all dated; accounts; roster import."""
