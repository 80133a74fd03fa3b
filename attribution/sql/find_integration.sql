-- By id alone: a webhook has no key that names its brand; its signature proves the rest.
SELECT i.brand_id, i.platform, i.sealed_secret, i.sealed_previous_secret, i.archived_at, b.currency
FROM integrations AS i
JOIN brands AS b ON b.brand_id = i.brand_id
WHERE i.integration_id = $1
