"""Token buckets, and who counts as one visitor."""

from miner.leases.limits import Buckets, network_of


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_bucket_gives_its_burst_and_then_its_rate():
    clock = Clock()
    buckets = Buckets(2.0, 3.0, clock)
    assert [buckets.wait_seconds("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.wait_seconds("a") == 0.5
    assert buckets.wait_seconds("b") == 0
    clock.now = 0.5
    assert buckets.wait_seconds("a") == 0
    assert buckets.wait_seconds("a") == 0.5
    clock.now = 100
    assert [buckets.wait_seconds("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_memory_is_bounded():
    buckets = Buckets(1.0, 1.0, Clock(), keys_max=2)
    for key in "abc":
        assert buckets.wait_seconds(key) == 0
    assert buckets.wait_seconds("c") == 1
    assert buckets.wait_seconds("a") == 0  # forgotten


def test_a_visitor_is_an_address_or_an_ipv6_network():
    assert network_of("192.0.2.1") == "192.0.2.1"
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1")
    assert network_of("2001:db8::1") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:192.0.2.1") == "192.0.2.1"
    assert network_of(None) == network_of("nonsense") == "unknown"
