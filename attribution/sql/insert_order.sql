INSERT INTO orders (brand_id, order_id, order_ref, source, placed_at, currency, base_minor,
                    discount_minor, shipping_minor, tax_minor, is_test, customer, customer_email,
                    customer_is_new, body_sha256, booked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
