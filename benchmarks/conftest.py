"""Settings of the benchmarks."""


def pytest_xdist_auto_num_workers():
    """None: a benchmark has the machine for itself."""
    return 0
