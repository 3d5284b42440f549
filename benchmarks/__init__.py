"""What the product costs, measured beside the limit of the machine: `python -m benchmarks JOB --json`."""
