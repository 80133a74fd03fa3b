-- What a visitor clicked before an order. Only those who are known by the cookie, with consent
-- (1024 of the flags), are anybody for longer than a day, and only they are in it.
CREATE INDEX clicks_by_visitor ON clicks (visitor, click_id) WHERE (flags & 1024) <> 0;
