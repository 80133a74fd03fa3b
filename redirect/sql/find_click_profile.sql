SELECT number, used_on FROM click_profiles
WHERE device = $1 AND os = $2 AND browser = $3 AND app = $4 AND country = $5 AND language = $6
