-- FOR KEY SHARE: those who use the code wait neither for each other nor for an edit that leaves
-- limits alone, but an edit of limits waits for them and they for it (fences.hpp). Of the rows
-- named here what is read is what that edit has left; of the others it may be older.
-- part: code
WHERE c.brand_id = $1 AND c.folded = $2
FOR KEY SHARE OF c, s
