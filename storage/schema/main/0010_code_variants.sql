-- Variants are listed and looked for by the code they were made from, which most codes of a brand
-- with a million are not.
CREATE INDEX codes_variants ON codes (brand_id, variant_of, placement) WHERE variant_of IS NOT NULL;
