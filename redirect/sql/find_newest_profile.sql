SELECT COALESCE(MAX(number), 0) FROM click_profiles
