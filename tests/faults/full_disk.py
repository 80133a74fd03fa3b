"""A file system of its own that fills up to its last block under a running server.

The journal writes over segments that exist, so clicks go on being durable for a while; SQLite has
no such reserve, so the click file stands still and the API refuses. Both must come back by
themselves.
"""
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.error

from harness import Failed, Shoppers, Site, expect

DISK_MIB = 96
BURST_S = 0.2


class SmallDisk:
    """ext4 without blocks reserved for root, on a file, for as long as a `with` lasts."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fairlead-disk-"))
        self.image = self.folder.with_suffix(".img")
        self.filler = self.folder / "filler"
        subprocess.run(["truncate", "-s", f"{DISK_MIB}M", self.image], check=True)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", self.image], check=True)
        subprocess.run(["mount", "-o", "loop", self.image, self.folder], check=True)
        return self

    def __exit__(self, *_failure):
        subprocess.run(["umount", "-l", self.folder], check=False)
        self.image.unlink(missing_ok=True)
        self.folder.rmdir()

    def fill(self):
        """Blocks that ext4 held back for its delayed ones become free with the sync."""
        with open(self.filler, "ab", buffering=0) as out:
            for _ in range(3):
                try:
                    while True:
                        out.write(b"x" * 4096)
                except OSError:
                    os.fsync(out.fileno())

    def free(self):
        self.filler.unlink()


def bursts_while_confirmed(server, site, bursts):
    """Clicks whose answers were promises, because none of the burst left before its sync."""
    promised = []
    for _ in range(bursts):
        shoppers = Shoppers(site.port)
        time.sleep(BURST_S)
        clicks = shoppers.stop()
        expect(shoppers.failed == 0, f"{shoppers.failed} shoppers not redirected")
        if server.metric("fairlead_clicks_unconfirmed_total") > 0:
            return promised
        promised += clicks
    return promised


def api_status(site, slug):
    """Of an attempt to create a link."""
    try:
        site.post("/v1/links", {"deal_id": site.deal, "slug": slug})
        return 201
    except urllib.error.HTTPError as refusal:
        expect("code" in json.loads(refusal.read()), "a refusal without a code")
        return refusal.code


def redirect_for(site, seconds):
    shoppers = Shoppers(site.port)
    time.sleep(seconds)
    clicks = shoppers.stop()
    expect(shoppers.failed == 0, f"{shoppers.failed} shoppers not redirected on a full disk")
    return len(clicks), shoppers.slowest_s


def wait_until_recording(server):
    """Only then is an answer a promise again: what waited is written, and there is a queue."""
    began = time.monotonic()
    names = ("clicks_queued", "click_storage_failed", "click_file_failed", "click_fold_lag_batches")
    while time.monotonic() - began < 30:
        if sum(server.metric(f"fairlead_{name}") for name in names) == 0:
            return time.monotonic() - began
        time.sleep(0.1)
    raise Failed("does not record again within 30 s")


def full_disk(is_long):
    """a file system that fills up and gets room again, with a kill -9 and a restart while full"""
    with SmallDisk() as disk:
        site = Site(disk.folder)
        try:
            return fill_and_free(disk, site, 60 if is_long else 4)
        finally:
            site.close()


def fill_and_free(disk, site, seconds_full):
    server = site.serve(wait_ms_max=1_000)
    early = bursts_while_confirmed(server, site, bursts=3)
    disk.fill()
    in_journal = bursts_while_confirmed(server, site, bursts=100)
    is_file_still = server.metric("fairlead_click_file_failed") == 1
    status = api_status(site, "full")
    expect(status == 503, f"the API answers {status} on a full disk")
    during, slowest_s = redirect_for(site, seconds_full)
    lost = int(server.metric("fairlead_clicks_lost_total"))
    server.kill()
    server = site.serve(wait_ms_max=1_000)
    restarted, slowest_restarted_s = redirect_for(site, 2)
    disk.free()
    recovered_s = wait_until_recording(server)
    expect(api_status(site, "roomy") == 201, "the API refuses although there is room")
    server.stop()
    server = site.serve(wait_ms_max=1_000)
    promised = early + in_journal + bursts_while_confirmed(server, site, bursts=3)
    server.stop()
    expect(len(early) > 0 and len(promised) > len(early), "the disk is too slow for a promise")
    site.expect_kept(promised)
    return (
        f"on the full disk {len(in_journal)} clicks were still promised (the click file stood"
        f" still: {'yes' if is_file_still else 'no'}), then {during} redirects, slowest"
        f" {slowest_s * 1000:.0f} ms, {lost} beyond the queue and counted as lost; the API answered"
        f" {status}; {restarted} redirects after kill -9 and a start while full, slowest"
        f" {slowest_restarted_s * 1000:.0f} ms; all well {recovered_s:.1f} s after there was room;"
        f" {len(promised)} promised in all, 0 lost"
    )
