"""``python -m backstretch``."""

from backstretch.cli.app import main

if __name__ == "__main__":
    main()
