INSERT INTO click_visitors (brand_id, span, start, link_id, sketch) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (brand_id, span, start, link_id) DO UPDATE SET sketch = excluded.sketch
