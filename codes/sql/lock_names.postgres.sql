-- Two named codes of a brand are made one after the other, so that the second sees the first. NO
-- KEY: whoever writes a row that refers to the brand does not wait.
SELECT brand_id FROM brands WHERE brand_id = $1 FOR NO KEY UPDATE
