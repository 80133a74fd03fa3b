-- How a brand knows its visitors: 'cookieless' or 'cookie', and what it declares of their consent
-- where a click does not say: 'not_asked', 'denied', 'granted' or 'not_required'.
ALTER TABLE brands ADD COLUMN visitor_mode TEXT NOT NULL DEFAULT 'cookieless';
ALTER TABLE brands ADD COLUMN consent TEXT NOT NULL DEFAULT 'not_asked';
