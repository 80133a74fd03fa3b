-- A customer with a key and an e-mail is known by both: a guest who logs in later is no new one.
-- customer_email is the e-mail hash beside the key in `customer`, else empty.
ALTER TABLE orders ADD COLUMN customer_email TEXT NOT NULL DEFAULT '';
CREATE INDEX orders_by_customer_email ON orders (brand_id, customer_email)
  WHERE customer_email <> '';
