"""Pages of the campaigns, by what they show: duties, files, decisions, reviews, preparing, questions, starting."""
