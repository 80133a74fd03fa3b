-- By id alone: a webhook has no key that names its brand; its signature proves the rest.
SELECT brand_id, platform, sealed_secret, sealed_previous_secret, archived_at
FROM integrations
WHERE integration_id = $1
