#!/usr/bin/env python3
"""Puts many links into a data directory made by `fairlead init`, straight into its SQLite file.

    tests/load/many_links.py DATA COUNT

The links are of the first brand and lead below its first allowed domain, with destinations of about
100 bytes; 1,000 campaigns share them, each with its own utm defaults. Their slugs are slug_of(0) to
slug_of(COUNT - 1). No server may be running on the directory.
"""
import pathlib
import sqlite3
import sys

LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
CAMPAIGNS = 1000
CREATED_AT = 1_772_442_900_000_000


def slug_of(number):
    """Eight letters; neighbours are far apart, as random slugs are."""
    scrambled = number * 0x9E3779B1 % 2**40
    return "".join(LETTERS[scrambled >> shift & 31] for shift in range(0, 40, 5))


def utm_of(campaign):
    return f'{{"utm_source":"instagram","utm_campaign":"c{campaign}"}}'


def add_deals(database, brand):
    campaigns = [
        (brand, i, f"Campaign {i}", utm_of(i), CREATED_AT) for i in range(1, CAMPAIGNS + 1)
    ]
    database.executemany(
        "INSERT INTO campaigns (brand_id, campaign_id, name, currency, starts_on, landing_url, utm,"
        " created_at) VALUES (?1, ?2, ?3, 'EUR', 20000, 'https://shop.example/', ?4, ?5)",
        campaigns,
    )
    database.executemany(
        "INSERT INTO deals (brand_id, deal_id, influencer_id, campaign_id, created_at)"
        " VALUES (?1, ?2, 1, ?2, ?3)",
        [(brand, i, CREATED_AT) for i in range(1, CAMPAIGNS + 1)],
    )


def links(brand, domain, count):
    for i in range(count):
        campaign = i % CAMPAIGNS + 1
        yield (
            brand,
            i + 1,
            campaign,
            slug_of(i),
            f"https://{domain}/collections/spring-summer/products/{i * 7919 % 10**8:08}"
            f"?variant={i:08}&size=m&colour=blue&ref=creator",
            utm_of(campaign),
            CREATED_AT,
        )


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    database = sqlite3.connect(pathlib.Path(sys.argv[1]) / "fairlead.db")
    # A log of everything would be as large again; what fails half way is thrown away.
    database.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-2000000"
    )
    brand, domain = database.execute(
        "SELECT brand_id, domain FROM allowed_domains ORDER BY brand_id, domain LIMIT 1"
    ).fetchone()
    add_deals(database, brand)
    database.executemany(
        "INSERT INTO links (brand_id, link_id, deal_id, domain, slug, destination, utm, created_at,"
        " changed_at) VALUES (?1, ?2, ?3, '', ?4, ?5, ?6, ?7, ?7)",
        links(brand, domain, int(sys.argv[2])),
    )
    database.commit()
    database.execute("PRAGMA journal_mode=WAL")


if __name__ == "__main__":
    main()
